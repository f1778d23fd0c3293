package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.BrokerVerticle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code culvert run} with the real broker at a free port, which keeps nothing. */
record RunningBroker(Session session, String port) {
  private static final String READY = "ready mqtt://127.0.0.1:";

  static RunningBroker start(Path folder, String... options) throws Exception {
    Session session = new Session(folder).broker(BrokerVerticle::new);
    List<String> arguments =
        new ArrayList<>(List.of("run", "--ephemeral", "--port", "0", "--ws-port", "0"));
    arguments.addAll(List.of(options));
    String ready = session.start(arguments.toArray(String[]::new)).line("ready");
    assertThat(ready).as(session.err()).startsWith(READY);
    return new RunningBroker(session, ready.substring(READY.length()).split(" ")[0]);
  }

  void stop() throws Exception {
    assertThat(session.end()).isZero();
  }
}
