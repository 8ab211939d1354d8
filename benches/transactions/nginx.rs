//! nginx, sending a file over plain HTTP with `sendfile`.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

const PROGRAM: &str = "/usr/sbin/nginx";

/// A running nginx; ended when dropped.
pub struct Nginx {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
    _folder: TempDir,
}

impl Nginx {
    /// Starts it on the files of a folder; nothing if it is not installed.
    pub fn start(files: &Path) -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            eprintln!("{PROGRAM} is not installed, so retrieval has no floor");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let configuration = folder.path().join("nginx.conf");
        std::fs::write(&configuration, text(address, folder.path(), files)).unwrap();
        let child = Command::new(PROGRAM).arg("-c").arg(configuration).args(["-e", "stderr"]).stderr(Stdio::null()).spawn().unwrap();
        let nginx = Self { address, child, _folder: folder };
        nginx.wait();
        Some(nginx)
    }

    fn wait(&self) {
        for _ in 0..200 {
            if TcpStream::connect(self.address).is_ok() {
                return;
            }
            sleep(Duration::from_millis(10));
        }
        panic!("nginx does not listen on {}", self.address);
    }
}

fn text(address: SocketAddr, folder: &Path, files: &Path) -> String {
    let (folder, files) = (folder.display(), files.display());
    // Root's temporary folders are closed to the user that nginx would change to.
    let user =
        if std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) { "user root;" } else { "" };
    format!(
        "{user} daemon off; worker_processes 1; pid {folder}/pid; error_log stderr crit;
         events {{}}
         http {{
           access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
           client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
           uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
           server {{ listen {address}; root {files}; }}
         }}"
    )
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Told to stop, so that it ends its workers too.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}
