use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::commands::console::{RowsIn, View};
use crate::commands::context::Context;
use crate::error::Result;
use crate::values::{Kind, Parameters};

/// Show the parameters that new mappings start with
#[derive(Args)]
#[command(after_help = "Examples:
  anon create show-defaults")]
pub struct ShowDefaults {}

impl ShowDefaults {
    pub fn run(self, context: &Context) -> Result<()> {
        print(context, &context.settings()?.job_default_parameters);
        Ok(())
    }
}

/// One line for each parameter, with what it is for.
pub fn print(context: &Context, defaults: &Parameters) {
    context.console.show(&Defaults { parameters: parameters(defaults) }, |console| {
        console.print("Default parameters when creating jobs:");
        for (kind, value) in defaults.iter() {
            console.print(format_args!("{}:{value} ({})", kind.name(), kind.explanation()));
        }
    });
}

/// What new mappings start with.
#[derive(Serialize, JsonSchema)]
pub struct Defaults {
    parameters: Vec<Parameter>,
}

/// A parameter of jobs.
#[derive(Serialize, JsonSchema)]
pub struct Parameter {
    /// Its name in a mapping and in the settings.
    pub name: String,
    /// Its value.
    pub value: String,
    /// What it is for.
    pub explanation: String,
}

/// Parameters for scripts to read.
pub fn parameters(parameters: &Parameters) -> Vec<Parameter> {
    let parameter = |(kind, value): (Kind, &str)| Parameter {
        name: kind.name().to_owned(),
        value: value.to_owned(),
        explanation: kind.explanation().to_owned(),
    };
    parameters.iter().map(parameter).collect()
}

impl View for Defaults {
    const COLUMNS: &'static [&'static str] = &["name", "value", "explanation"];
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["parameters"])];
}
