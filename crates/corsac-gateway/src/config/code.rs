//! The ledger of what can be wrong in a configuration, beside what can be wrong in a policy.
//!
//! Codes are stable: they are never renamed and never change meaning. A policy's own codes are
//! [`corsac::FaultCode`] and [`corsac::AdviceCode`].

/// Makes the set of codes from one table, so that name, text and docs cannot drift apart.
macro_rules! codes {
    ($($variant:ident $text:literal $meaning:literal,)+) => {
        /// The stable identifier of a fault or advice of the gateway's own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $meaning] $variant,)+
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable identifier.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// What the code means, in a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }
        }
    };
}

codes! {
    FileUnreadable "file-unreadable" "The configuration file cannot be read.",
    TomlSyntax "toml-syntax" "The file is not TOML.",
    UnknownKey "unknown-key" "No such key exists there.",
    WrongType "wrong-type" "The value is of another kind than the key wants.",
    VariableUnset "variable-unset" "The environment variable is not set.",
    VariableSyntax "variable-syntax" "A variable is written `${NAME}`.",
    VariableEmpty "variable-empty" "The environment variable is set to nothing.",
    ValueFileUnreadable "value-file-unreadable" "The file that a value is taken from cannot be read.",
    AddressInvalid "address-invalid" "The value is not an address to listen on.",
    AddressTwice "address-twice" "Two listeners cannot share an address.",
    TrustedProxyInvalid "trusted-proxy-invalid" "A trusted proxy is an address or a network.",
    TrustedProxyAnybody "trusted-proxy-anybody" "Anybody is believed who says for whom it asks.",
    TlsIncomplete "tls-incomplete" "TLS needs a certificate and its key.",
    TlsFileUnreadable "tls-file-unreadable" "The file of a certificate or key cannot be read.",
    CertificateInvalid "certificate-invalid" "The file has no certificate that can be used.",
    CertificateExpired "certificate-expired" "Browsers refuse a certificate outside of its time.",
    CertificateNeverShown "certificate-never-shown" "No client is shown the certificate.",
    KeyInvalid "key-invalid" "The file has no key that can be used.",
    KeyMismatch "key-mismatch" "The key is not that of the certificate.",
    DurationInvalid "duration-invalid" "The value is not a length of time.",
    SizeInvalid "size-invalid" "The value is not a number of bytes.",
    CountInvalid "count-invalid" "The value is not a whole number above zero.",
    RateInvalid "rate-invalid" "The value is not a number of requests in a time.",
    BurstWithoutRate "burst-without-rate" "A burst is for a route that has a rate.",
    LimitTooHigh "limit-too-high" "The limit is beyond what is read of a request at all.",
    PolicyUnknown "policy-unknown" "No policy has that name.",
    PolicyUnused "policy-unused" "No route uses the policy.",
    TargetRefuses "target-refuses" "The server that the policy is to be exported to cannot do what it asks for.",
    TargetOtherwise "target-otherwise" "The server that the policy is to be exported to does it in a lesser way.",
    ShadowWithoutPolicy "shadow-without-policy" "A shadow policy stands beside the policy that acts.",
    ShadowIsPolicy "shadow-is-policy" "A shadow policy is another one than the policy that acts.",
    RoutesMissing "routes-missing" "Without a route there is nothing to serve.",
    RouteWithoutPath "route-without-path" "A route says which paths it covers.",
    RouteWithoutTarget "route-without-target" "A route says where its requests go.",
    RouteWithTwoTargets "route-with-two-targets" "A route has one target.",
    RoutePathInvalid "route-path-invalid" "The value is not a path.",
    ApiWithoutPath "api-without-path" "An API is a path and where its requests go, with `=` between them.",
    HostNameInvalid "host-name-invalid" "The value is not the name of a host.",
    RouteOverlap "route-overlap" "Two routes cover the same path.",
    UpstreamInvalid "upstream-invalid" "The value is not a URL.",
    UpstreamScheme "upstream-scheme" "An upstream speaks http or https.",
    UpstreamWithQuery "upstream-with-query" "An upstream is a place, not a request: it has no query and no fragment.",
    UpstreamWithCredentials "upstream-with-credentials" "A URL is no place for a password.",
    UpstreamsDiffer "upstreams-differ" "The servers of an upstream stand in for one another, and so are alike.",
    UpstreamTwice "upstream-twice" "A server of an upstream stands there twice.",
    UpstreamPrivate "upstream-private" "A third party has a public address.",
    HealthPathInvalid "health-path-invalid" "A server is asked for a path whether it is well.",
    UpstreamIsGateway "upstream-is-gateway" "The gateway would pass its requests to itself, for ever.",
    FilesMissing "files-missing" "The folder does not exist.",
    FilesNotFolder "files-not-folder" "Files are served from a folder.",
    OriginsFile "origins-file" "A file of origins has more faults than are shown.",
    HeaderNameInvalid "header-name-invalid" "The name is not one a header can have.",
    HeaderValueInvalid "header-value-invalid" "The value is not one a header can have.",
    HeaderReserved "header-reserved" "The gateway itself writes this header.",
    MachineUnfit "machine-unfit" "The configuration is sound, and this machine cannot serve it.",
    HeadersWithoutUpstream "headers-without-upstream" "Request headers go to an upstream.",
    CredentialUnknown "credential-unknown" "Credentials are cookies or authorization.",
    CredentialsNotHeld "credentials-not-held" "Credentials are kept from third parties alone.",
    KeyWithoutUpstream "key-without-upstream" "The key is for routes that have an upstream.",
}
