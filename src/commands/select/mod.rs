use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;

#[derive(Subcommand)]
pub enum Select {
    /// To come
    Todo,
}

impl Select {
    pub fn run(self, _context: &Context) -> Result<()> {
        Ok(())
    }
}
