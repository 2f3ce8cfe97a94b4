//! A test certificate authority, and TLS servers with its certificates.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

pub(crate) struct CertificateAuthority(CertifiedIssuer<'static, KeyPair>);

impl CertificateAuthority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(crate) fn key_pem(&self) -> String {
        self.0.key().serialize_pem()
    }

    /// Returns the configuration of a server that has the certificate of the CA itself.
    pub(crate) fn as_server(&self) -> Arc<ServerConfig> {
        configuration(self.0.der().clone(), self.0.key())
    }

    pub(crate) fn der(&self) -> &[u8] {
        self.0.der()
    }

    /// Returns the configuration of a server with a certificate for `name`.
    pub(crate) fn server(&self, name: &str) -> Arc<ServerConfig> {
        self.server_in_years(name, 1975, 4096)
    }

    /// Returns the configuration of a server with a certificate for `name`, valid from the start of
    /// the year `from` to the start of `to`.
    pub(crate) fn server_in_years(&self, name: &str, from: i32, to: i32) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(from, 1, 1);
        params.not_after = rcgen::date_time_ymd(to, 1, 1);
        let certificate = params.signed_by(&key, &self.0).unwrap();
        configuration(certificate.into(), &key)
    }
}

fn configuration(certificate: CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
    let config = ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    Arc::new(config)
}

pub(crate) fn respond_once(
    config: &Arc<ServerConfig>,
    stream: impl Read + Write,
    response: &str,
) -> Option<String> {
    let connection = ServerConnection::new(Arc::clone(config)).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    stream.flush().ok()?;
    let request = super::server::read_request(&mut stream);
    stream.write_all(response.as_bytes()).ok()?;
    stream.conn.send_close_notify();
    stream.flush().ok()?;
    Some(request)
}

/// Starts a TLS server that sends `response` to every request, and returns its port.
pub(crate) fn responding(config: Arc<ServerConfig>, response: &'static str) -> u16 {
    super::server::start(move |stream: TcpStream| {
        respond_once(&config, stream, response);
    })
    .port()
}
