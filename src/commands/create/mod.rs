use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;

#[derive(Subcommand)]
pub enum Create {
    /// To come
    Todo,
}

impl Create {
    pub fn run(self, _context: &Context) -> Result<()> {
        Ok(())
    }
}
