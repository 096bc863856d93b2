mod activate;
mod add;
mod jobs;
pub mod list;
mod remove;
pub mod status;

group!(Server {
    Activate(activate::Activate),
    Add(add::Add),
    Jobs(jobs::Jobs),
    List(list::List),
    Remove(remove::Remove),
    Status(status::Status),
});
