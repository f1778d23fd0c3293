package io.culvert.benchmarks;

/** What a process on this machine has used of its processors. */
public final class ProcessCpu {
  private ProcessCpu() {}

  /** All threads, user and system, until now. */
  public static long micros(ProcessHandle process) {
    return process
            .info()
            .totalCpuDuration()
            .orElseThrow(() -> new IllegalStateException("this system does not tell the CPU time"))
            .toNanos()
        / 1000;
  }
}
