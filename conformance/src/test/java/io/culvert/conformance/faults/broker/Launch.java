package io.culvert.conformance.faults.broker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a broker is started.
 *
 * @param wrapper a program and its arguments that starts it, such as {@code strace -f}; or empty
 * @param port 0 for any
 * @param options more of {@code culvert run}
 */
public record Launch(
    Jar jar, List<String> wrapper, Path data, int port, int shards, List<String> options) {

  /** Nothing that a test sends is dropped by a limit, and nobody is held up for it. */
  private static final List<String> SETTINGS =
      List.of(
          "limits.queue-messages=10000000",
          "limits.queue-bytes=1GiB",
          "limits.take-overs=0",
          "mqtt.sys-interval-seconds=0");

  public Launch {
    wrapper = List.copyOf(wrapper);
    options = List.copyOf(options);
  }

  public Launch onPort(int other) {
    return new Launch(jar, wrapper, data, other, shards, options);
  }

  public Launch withShards(int other) {
    return new Launch(jar, wrapper, data, port, other, options);
  }

  List<String> command() {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(jar.java());
    command.addAll(List.of("run", "--bind", "127.0.0.1", "--ws-port", "0", "--metrics-port", "0"));
    command.addAll(List.of("--port", "" + port, "--instances", "" + shards));
    command.addAll(List.of("--data", data.toString()));
    SETTINGS.forEach(setting -> command.addAll(List.of("--set", setting)));
    command.addAll(options);
    return command;
  }
}
