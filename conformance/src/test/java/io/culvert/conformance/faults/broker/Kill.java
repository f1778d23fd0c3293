package io.culvert.conformance.faults.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code kill -9}: the kernel keeps what was written to it, synced or not. */
public record Kill(Path data) implements Crash {

  public static Kill in(Path work) throws IOException {
    return new Kill(Files.createTempDirectory(work, "data"));
  }

  @Override
  public void strike(BrokerJvm broker) {
    broker.beginKill();
  }

  @Override
  public void recover() {
    // All that was written is there.
  }

  @Override
  public void close() {
    // The folder stays, to be looked at.
  }
}
