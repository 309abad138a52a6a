//! Reading the configuration again: parsed and checked aside, then put in force whole, or not at all.
//!
//! What is in force stays so until something better is there. Knows nothing of what asks for a reload.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::client;
use crate::config::{Config, ConfigFaults, ConfigSource, Finding, InputFile};
use crate::live::Live;

use super::start_error::StartError;

/// Reads the configuration of a running gateway again, from any thread.
#[derive(Clone)]
pub struct ReloadHandle {
    reloader: Arc<Reloader>,
}

struct Reloader {
    source: ConfigSource,
    live: Arc<Live>,
    /// What was read by the last attempt. Held while one goes on, so that there is one at a time.
    inputs: Mutex<Vec<InputFile>>,
}

/// Why a configuration was not put in force; the one before it still is.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReloadError {
    /// It has faults.
    Faults(ConfigFaults),
    /// It is sound, and this machine cannot serve it.
    Start(StartError),
}

impl ReloadHandle {
    pub(super) fn new(source: ConfigSource, live: Arc<Live>) -> Self {
        let inputs = Mutex::new(live.current().config.inputs().to_vec());
        Self { reloader: Arc::new(Reloader { source, live, inputs }) }
    }

    /// Reads the configuration and puts it in force. Gives the number of its generation.
    ///
    /// Requests that are being answered end as they began, and connections stay open.
    ///
    /// # Errors
    ///
    /// Where it has faults, or certificates of upstreams could not be judged. Then all stays as it was.
    pub fn reload(&self) -> Result<u64, ReloadError> {
        let mut inputs = self.reloader.inputs.lock().unwrap_or_else(PoisonError::into_inner);
        self.reloader.reload(&mut inputs)
    }

    /// As [`ReloadHandle::reload`], where a file holds something else than the last attempt found in it.
    pub(super) fn reload_if_changed(&self) -> Option<Result<u64, ReloadError>> {
        let mut inputs = self.reloader.inputs.lock().unwrap_or_else(PoisonError::into_inner);
        inputs.iter().any(InputFile::has_changed).then(|| self.reloader.reload(&mut inputs))
    }

    /// The files that the last attempt read, or would have read.
    pub(super) fn inputs(&self) -> Vec<InputFile> {
        self.reloader.inputs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The number of the generation in force.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.reloader.live.current().generation
    }
}

impl Reloader {
    fn reload(&self, inputs: &mut Vec<InputFile>) -> Result<u64, ReloadError> {
        let loaded = self.source.load();
        *inputs = match &loaded {
            Ok(config) => config.inputs().to_vec(),
            Err(faults) => faults.inputs().to_vec(),
        };
        let outcome = loaded.map_err(ReloadError::Faults).and_then(|config| self.put_in_force(config));
        if let Err(error) = &outcome {
            self.keep(error);
        }
        outcome
    }

    fn put_in_force(&self, config: Config) -> Result<u64, ReloadError> {
        let old = self.live.current();
        let changed = old.config.fixed_differences(&config);
        let config = config.with_fixed_of(&old.config);
        self.live
            .dialer
            .change(&config.extra_roots, config.has_https(), config.timeouts.connect)
            .map_err(|error| ReloadError::Start(error.into()))?;
        for warning in config.warnings() {
            warning.log();
        }
        for key in changed {
            tracing::warn!(key, "this cannot change while the gateway runs: restart it");
        }
        let generation = old.generation + 1;
        let (routes, policies) = (config.routes.len(), config.policies.len());
        self.live.replace(generation, config);
        tracing::info!(generation, routes, policies, "the configuration was reloaded");
        Ok(generation)
    }

    fn keep(&self, error: &ReloadError) {
        let findings = match error {
            ReloadError::Faults(faults) => faults.findings().to_vec(),
            ReloadError::Start(error) => vec![error.as_finding()],
        };
        findings.iter().for_each(Finding::log);
        let generation = self.live.current().generation;
        tracing::error!(generation, "the configuration was not reloaded: the last good one stays in force");
        self.live.refused(findings);
    }
}

impl From<client::TlsError> for StartError {
    fn from(error: client::TlsError) -> Self {
        match error {
            client::TlsError::Roots(error) => Self::Roots { error },
            client::TlsError::NoRoots => Self::NoRoots,
        }
    }
}

impl fmt::Debug for ReloadHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ReloadHandle").field("source", &self.reloader.source).finish_non_exhaustive()
    }
}

impl fmt::Display for ReloadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Faults(faults) => faults.fmt(formatter),
            Self::Start(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for ReloadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Faults(faults) => Some(faults),
            Self::Start(error) => Some(error),
        }
    }
}
