//! The threads that a driver starts for itself.

use std::panic::resume_unwind;
use std::thread;

/// Does `work`, such as opening a database, so that threads started by it do not push aside those that send statements.
///
/// DuckDB wakes a worker for each step of a statement, though the thread that sent it takes most steps itself. Where all
/// cores are busy with other nodes, the worker would interrupt one of them each time; of the policy `SCHED_BATCH`
/// (<https://man7.org/linux/man-pages/man7/sched.7.html>), it waits its turn, with the same share of time.
pub(super) fn waiting_their_turn<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    // Threads inherit the policy: one that ends at once need not be given its own back.
    thread::scope(|scope| {
        let starter = scope.spawn(|| {
            give_way();
            work()
        });
        starter.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// A system that refuses leaves things as they are, and so does a user who chose a policy for the process.
#[cfg(target_os = "linux")]
fn give_way() {
    // SAFETY: the thread is the calling one, and of numbers alone, as these parameters are, zero is a value.
    unsafe {
        let (mut policy, mut parameters): (libc::c_int, libc::sched_param) = std::mem::zeroed();
        let known =
            libc::pthread_getschedparam(libc::pthread_self(), &raw mut policy, &raw mut parameters) == 0;
        if known && policy == libc::SCHED_OTHER {
            libc::pthread_setschedparam(libc::pthread_self(), libc::SCHED_BATCH, &raw const parameters);
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{fs, thread};

    /// The field of <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html> called `policy`.
    fn policy() -> String {
        let facts = fs::read_to_string("/proc/thread-self/stat").unwrap();
        let (_, after_name) = facts.rsplit_once(')').unwrap();
        after_name.split_whitespace().nth(38).unwrap().to_string()
    }

    #[test]
    fn threads_of_a_driver_wait_their_turn_and_ours_do_not() {
        let (mine, ordinary, batch) = (policy(), "0", "3");
        let workers = super::waiting_their_turn(|| thread::spawn(policy).join().unwrap());
        assert_eq!(workers, if mine == ordinary { batch } else { &mine });
        assert_eq!(policy(), mine);
    }
}
