package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.RawConnection;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mqtt.drain-per-second}: SIGTERM lets clients go one after the other. */
class DrainIT {
  private static final int CLIENTS = 12;

  @TempDir Path folder;

  @Test
  void clientsOfTcpAndWebSocketGoAtTheRateAndTheProcessEndsInOrder() throws Exception {
    try (JarProcess culvert =
        JarProcess.culvert(
            folder,
            "run",
            "--port",
            "0",
            "--ws-port",
            "0",
            "--ephemeral",
            "--instances",
            "2",
            "--set",
            "mqtt.drain-per-second=10",
            "--set",
            "mqtt.server-reference=b.example.com:1883")) {
      String[] words = culvert.firstLine().split(" ");
      List<RawConnection> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        URI uri = URI.create(words[1 + i % 2]);
        clients.add(RawConnection.connected(uri, 5, "c" + i));
      }
      long start = System.nanoTime();
      CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> terminate(culvert));
      for (RawConnection client : clients) {
        String told = Hex.of(client.expectPacket()).replace(" ", "");
        assertThat(told).startsWith("e0").contains("9c").contains("622e6578616d706c65");
        client.close();
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      assertThat(millis).as("twelve clients, ten a second").isBetween(800L, 20_000L);
      assertThat(exit.get(60, TimeUnit.SECONDS)).isZero();
      assertThat(culvert.err()).doesNotContain("WARN", "ERROR", "Exception");
    }
  }

  private static int terminate(JarProcess culvert) {
    try {
      return culvert.signal("TERM");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
