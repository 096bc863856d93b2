mod cancel;
pub mod info;
mod list;
mod reset;
mod set_opt_out_ignore;

group!(Job {
    Cancel(cancel::Cancel),
    Info(info::Info),
    List(list::List),
    Reset(reset::Reset),
    SetOptOutIgnore(set_opt_out_ignore::SetOptOutIgnore),
});
