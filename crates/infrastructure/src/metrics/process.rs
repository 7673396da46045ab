//! What the system says of the process, under the names that Prometheus's own clients use.

use std::{fmt, fs};

use doorward_domain::Timestamp;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeGaugeValue, NoLabelSet},
    metrics::MetricType,
};

/// Reads the process's memory, time and files whenever it is asked. Where there is no `/proc`, it says when the process
/// began and no more.
#[derive(Debug)]
pub struct ProcessMetrics {
    began: Timestamp,
}

/// What `/proc` says.
struct Usage {
    resident_bytes: u64,
    threads: u64,
    cpu_seconds: f64,
}

impl ProcessMetrics {
    /// Of a process that began at this moment.
    #[must_use]
    pub const fn new(began: Timestamp) -> Self {
        Self { began }
    }
}

impl Usage {
    /// Reads it (`proc_pid_stat(5)`); nothing where there is none.
    fn read() -> Option<Self> {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        // The second field is a name in brackets, which may hold anything; the first after it is the third.
        let fields: Vec<_> = stat.get(stat.rfind(')')? + 1..)?.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        let ticks = u32::try_from(field(14)? + field(15)?).ok()?;
        let per_second = u32::try_from(rustix::param::clock_ticks_per_second()).ok()?;
        Some(Self {
            resident_bytes: field(24)? * u64::try_from(rustix::param::page_size()).ok()?,
            threads: field(20)?,
            cpu_seconds: f64::from(ticks) / f64::from(per_second),
        })
    }
}

fn open_files() -> Option<u64> {
    u64::try_from(fs::read_dir("/proc/self/fd").ok()?.count()).ok()
}

impl Collector for ProcessMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        fn gauge(
            encoder: &mut DescriptorEncoder<'_>,
            name: &str,
            help: &str,
            value: &impl EncodeGaugeValue,
        ) -> fmt::Result {
            encoder.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(value)
        }
        let began = self.began.timestamp();
        gauge(&mut encoder, "process_start_time_seconds", "When the process began, in Unix time.", &began)?;
        if let Some(usage) = Usage::read() {
            let bytes = usage.resident_bytes;
            gauge(&mut encoder, "process_resident_memory_bytes", "Memory that is held in RAM.", &bytes)?;
            gauge(&mut encoder, "process_threads", "Threads.", &usage.threads)?;
            let help = "Time that processors have worked for the process.";
            encoder
                .encode_descriptor("process_cpu_seconds", help, None, MetricType::Counter)?
                .encode_counter::<NoLabelSet, _, u64>(&usage.cpu_seconds, None)?;
        }
        open_files().map_or(Ok(()), |files| gauge(&mut encoder, "process_open_fds", "Open files and sockets.", &files))
    }
}
