use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use model::Clock;
use serde_json::{Value, json};
use simulator::receiver::{self, Endpoint, Received, Receiver};

use crate::clock::SystemClock;
use crate::node::signal::Ending;
use crate::output::{self, Output};

#[derive(Args)]
pub(crate) struct Receive {
    /// Address to listen on.
    #[arg(long, env = "ROLLCALL_RECEIVE_LISTEN", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Secret of the webhook endpoint, with its `whsec_`.
    #[arg(long, env = "ROLLCALL_RECEIVE_SECRET", value_name = "SECRET", hide_env_values = true)]
    secret: String,
    /// Path of the webhook endpoint.
    #[arg(long, env = "ROLLCALL_RECEIVE_PATH", value_name = "PATH", default_value = "/")]
    path: String,
}

impl Receive {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<()> {
        let mut ending = Ending::listen()?;
        let endpoint = Endpoint::new(&self.path, &self.secret);
        let receiver = Receiver::start(self.listen, vec![endpoint], clock(), Arc::new(move |it| print(output, &it)))?;
        let url = receiver.url(&self.path);
        if output.json {
            output::line(&json!({ "listening": receiver.address(), "url": url }).to_string())?;
        }
        output.tell(format_args!("Receiving webhooks at {url}; Ctrl-C ends."))?;
        ending.told().await;
        receiver.stop().await;
        Ok(())
    }
}

/// The time of day, as a receiver wants it.
pub(crate) fn clock() -> receiver::Clock {
    Arc::new(|| u64::try_from(SystemClock.now_ms()).unwrap_or_default())
}

/// One line for each delivery, at once. Nobody is told of an output that is gone: webhooks are still answered.
fn print(output: Output, received: &Received) {
    let text = if output.json { object(received).to_string() } else { received.line() };
    drop(output::line(&text));
}

fn object(received: &Received) -> Value {
    json!({
        "event": received.event(),
        "verified": received.verified.is_ok(),
        "error": received.verified.as_ref().err().map(ToString::to_string),
        "duplicate": received.duplicate,
        "latency_ms": received.latency_ms(),
    })
}
