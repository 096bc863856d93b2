use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;

#[derive(Subcommand)]
pub enum Map {
    /// To come
    Todo,
}

impl Map {
    pub fn run(self, _context: &Context) -> Result<()> {
        Ok(())
    }
}
