package io.culvert.conformance.faults.broker;

import java.io.IOException;
import java.nio.file.Path;

/** How a broker loses its process, and what its disk keeps of what was written. */
public interface Crash extends AutoCloseable {

  /** Where the broker has its data folder, from the beginning on. */
  Path data();

  /** Ends the process at once; its connections may still have something to be read. */
  void strike(BrokerJvm broker) throws IOException, InterruptedException;

  /** When the process has gone: the disk as the next start finds it. */
  void recover() throws IOException, InterruptedException;

  @Override
  void close() throws IOException;
}
