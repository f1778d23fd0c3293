package io.culvert.client;

import io.culvert.engine.testkit.Programs;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** With Mosquitto. */
class MosquittoTest extends ClientContract {
  @TempDir static Path folder;
  private static Mosquitto server;

  @BeforeAll
  static void startServer() throws Exception {
    Programs.require("mosquitto");
    server = Mosquitto.start(folder);
  }

  @AfterAll
  static void stopServer() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @Override
  protected String address() {
    return "mqtt://127.0.0.1:" + server.port();
  }
}
