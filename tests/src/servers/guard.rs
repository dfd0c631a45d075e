use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

/// Who may use a guarded broker, by SASL's PLAIN and SCRAM-SHA-512.
pub const USER: &str = "rollcall";
pub const PASSWORD: &str = "a password of tests";

/// TLS and SASL of a broker: a key of its own, and one user.
pub(super) struct Guard {
    keys: PathBuf,
    certificate: PathBuf,
}

impl Guard {
    /// Makes a key and a certificate for 127.0.0.1 in this folder.
    pub(super) async fn new(folder: &Path) -> Result<Self> {
        let guard = Self { keys: folder.join("broker.p12"), certificate: folder.join("broker.pem") };
        let name = ["-dname", "CN=127.0.0.1", "-ext", "SAN=ip:127.0.0.1", "-validity", "2"];
        let key = ["-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-storetype", "PKCS12"];
        guard.keytool(&[&key[..], &name].concat()).await?;
        let file = guard.certificate.display().to_string();
        guard.keytool(&["-exportcert", "-rfc", "-file", &file]).await?;
        Ok(guard)
    }

    async fn keytool(&self, arguments: &[&str]) -> Result<()> {
        let mut command = Command::new("keytool");
        command.args(arguments).args(["-alias", "broker", "-storepass", PASSWORD, "-keystore"]).arg(&self.keys);
        let ran = command.stdin(Stdio::null()).output().await.context("keytool, which comes with Java")?;
        ensure!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stdout));
        Ok(())
    }

    /// What clients are to trust, as PEM.
    pub(super) fn certificate(&self) -> &Path {
        &self.certificate
    }

    /// Of the broker, for its listener `SASL_SSL`.
    pub(super) fn settings(&self) -> String {
        let module = |name: &str| format!("org.apache.kafka.common.security.{name}LoginModule required");
        format!(
            "listener.security.protocol.map=CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL\n\
             inter.broker.listener.name=SASL_SSL\nsasl.mechanism.inter.broker.protocol=PLAIN\n\
             sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512\n\
             ssl.keystore.type=PKCS12\nssl.keystore.location={}\nssl.keystore.password={PASSWORD}\n\
             ssl.truststore.type=PEM\nssl.truststore.location={}\n\
             listener.name.sasl_ssl.plain.sasl.jaas.config={} \
             username=\"{USER}\" password=\"{PASSWORD}\" user_{USER}=\"{PASSWORD}\";\n\
             listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config={};\n",
            self.keys.display(),
            self.certificate.display(),
            module("plain.Plain"),
            module("scram.Scram")
        )
    }

    /// Of the tool that formats a node.
    pub(super) fn user() -> [String; 2] {
        ["--add-scram".to_owned(), format!("SCRAM-SHA-512=[name={USER},password={PASSWORD}]")]
    }
}
