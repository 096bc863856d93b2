mod doubts;
mod filter;
mod from_mapping;
pub mod journal;
mod kinds;
mod look;
mod report;
mod set_defaults;
pub mod show_defaults;
pub mod view;
mod words;

group!(Create {
    FromMapping(from_mapping::FromMapping),
    Journal(journal::Journal),
    SetDefaults(set_defaults::SetDefaults),
    ShowDefaults(show_defaults::ShowDefaults),
});
