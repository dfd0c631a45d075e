use super::{House, MIGRATED, quick};
use model::event::EventType;
use tests::{Database, Kind};

struct Light { url: String, count: tokio::sync::watch::Sender<usize> }
impl Light {
    async fn new() -> std::sync::Arc<Self> {
        let l = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let me = std::sync::Arc::new(Self { url: format!("http://{}", l.local_addr().unwrap()), count: tokio::sync::watch::Sender::new(0) });
        let m = me.clone();
        tokio::spawn(async move { loop {
            let (mut s, _) = l.accept().await.unwrap();
            s.set_nodelay(true).unwrap();
            let m = m.clone();
            tokio::spawn(async move {
                use tokio::io::{AsyncReadExt, AsyncWriteExt};
                let mut buf = vec![0u8; 65536]; let mut have = 0;
                loop {
                    let n = s.read(&mut buf[have..]).await.unwrap_or(0);
                    if n == 0 { return }
                    have += n;
                    // one request at a time per connection; body is complete when it ends with }
                    if buf[have - 1] == b'}' {
                        have = 0;
                        m.count.send_modify(|c| *c += 1);
                        if s.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.is_err() { return }
                    }
                }
            });
        }});
        me
    }
    fn url(&self, p: &str) -> String { format!("{}{p}", self.url) }
    async fn until(&self, n: usize) { let mut r = self.count.subscribe(); r.wait_for(|c| *c >= n).await.unwrap(); }
}

async fn go(database: Database) {
    let house = House::new(database).await.unwrap();
    let receiver = Light::new().await;
    for n in 0..8 {
        house.endpoint(&receiver.url(&format!("/{n}"))).await.unwrap();
    }
    let settings = crate::Settings {
        tick: std::time::Duration::from_secs(1),
        request_timeout: std::time::Duration::from_secs(3),
        lease: std::time::Duration::from_secs(20),
        ..quick()
    };
    let node = house.node(settings);
    house.record_users(5).await.unwrap();
    house.settled(&node).await.unwrap();
    // latency: one at a time
    let mut lat = Vec::new();
    for n in 0..200 {
        let before = *receiver.count.borrow();
        let t = std::time::Instant::now();
        house.record(&[house.user_says(EventType::UserCreated, house.user())]).await.unwrap();
        let rec = t.elapsed();
        receiver.until(before + 1).await;
        if n >= 20 {
            lat.push((t.elapsed() - rec).as_micros());
        }
        house.settled(&node).await.unwrap();
    }
    lat.sort();
    println!(
        "latency us: p50 {} p90 {} p99 {}",
        lat[lat.len() / 2],
        lat[lat.len() * 9 / 10],
        lat[lat.len() * 99 / 100]
    );
    for per in [1usize, 10, 100] {
        let s0 = house.store.statements();
        let t = std::time::Instant::now();
        let total = 1000;
        for _ in 0..total / per {
            let says: Vec<_> = (0..per).map(|_| house.user_says(EventType::UserCreated, house.user())).collect();
            house.record(&says).await.unwrap();
        }
        let rec = t.elapsed();
        house.settled(&node).await.unwrap();
        let all = t.elapsed();
        println!(
            "per commit {per}: {total} events x 8: recorded in {rec:?}, all in {all:?}: {:.0} deliveries/s, statements {} ",
            (total * 8) as f64 / all.as_secs_f64(),
            house.store.statements() - s0
        );
    }
    node.shutdown().await;
}
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bench_sqlite() {
    go(MIGRATED.copy(Kind::Sqlite).await.unwrap()).await;
}
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bench_postgres() {
    go(MIGRATED.copy(Kind::Postgres).await.unwrap()).await;
}
