package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.badinput.BadInput;
import io.culvert.conformance.raw.Bystander;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.RawConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand clients that are all cut off come back within a second. */
class StormIT {
  private static final int CLIENTS = 1000;
  private static final int BACK_WITHIN_MILLIS = 1000;
  private static final int THREADS = 16;
  private static final int LIMIT_SECONDS = 120;
  private static final int STORMS = 20;
  private static final int SERVER_BUSY = 0x89;

  /** The name of the User Property, the length of its value, and that. */
  private static final Pattern RETRY_AFTER =
      Pattern.compile("retry-after-ms\\x00.([0-9]+)", Pattern.DOTALL);

  @TempDir Path folder;
  private final ScheduledExecutorService starters = Executors.newScheduledThreadPool(THREADS);
  private final ExecutorService readers = Executors.newFixedThreadPool(THREADS);
  private final AtomicInteger refused = new AtomicInteger();
  private URI mqtt;

  @AfterEach
  void stop() {
    starters.shutdownNow();
    readers.shutdownNow();
  }

  @Test
  void allAreConnectedAgainWithTheirSessions() throws Exception {
    comeBack(List.of("limits.loop-delay-millis=0"));
    assertThat(refused).hasValue(0);
  }

  @BadInput(71)
  @Test
  void whoIsRefusedComesBackWhenTheBrokerSaysAndGetsIn() throws Exception {
    for (int i = 0; i < STORMS && refused.get() == 0; i++) { // none was late enough before
      comeBack(List.of("limits.loop-delay-millis=1", "limits.waiting-connects=1"));
    }
    assertThat(refused).hasPositiveValue();
  }

  private void comeBack(List<String> settings) throws Exception {
    List<String> words = new ArrayList<>(List.of("run", "--port", "0", "--ws-port", "0"));
    words.addAll(List.of("--ephemeral", "--instances", "2"));
    settings.forEach(setting -> words.addAll(List.of("--set", setting)));
    try (JarProcess culvert = JarProcess.culvert(folder, words.toArray(String[]::new))) {
      mqtt = URI.create(culvert.firstLine().split(" ")[1]);
      try (Bystander bystander = Bystander.join(mqtt, "bystander", "bystander/t")) {
        for (RawConnection client : storm(1)) {
          client.close();
        }
        List<RawConnection> back = storm(BACK_WITHIN_MILLIS);
        assertThat(back).hasSize(CLIENTS);
        bystander.assertUndisturbed();
        for (RawConnection client : back) {
          client.close();
        }
      }
      assertThat(culvert.signal("TERM")).isZero();
      assertThat(culvert.err()).doesNotContain("ERROR", "Exception");
    }
  }

  /** All clients, each connected with its session. */
  private List<RawConnection> storm(int withinMillis) throws Exception {
    Random random = new Random(1);
    List<CompletableFuture<RawConnection>> coming = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      CompletableFuture<RawConnection> connected = new CompletableFuture<>();
      coming.add(connected);
      come(i, random.nextInt(withinMillis), connected);
    }
    List<RawConnection> all = new ArrayList<>();
    for (CompletableFuture<RawConnection> connected : coming) {
      all.add(connected.get(LIMIT_SECONDS, TimeUnit.SECONDS));
    }
    return all;
  }

  private void come(int number, long inMillis, CompletableFuture<RawConnection> connected) {
    starters.schedule(() -> start(number, connected), inMillis, TimeUnit.MILLISECONDS);
  }

  private void start(int number, CompletableFuture<RawConnection> connected) {
    try {
      RawConnection connection = RawConnection.open(mqtt);
      connection.send(connect("storm" + number));
      readers.execute(() -> read(number, connection, connected));
    } catch (Exception | AssertionError e) {
      connected.completeExceptionally(e);
    }
  }

  private void read(
      int number, RawConnection connection, CompletableFuture<RawConnection> connected) {
    try {
      byte[] connAck = connection.expectPacket();
      assertThat(connAck[0]).isEqualTo((byte) 0x20);
      if (connAck[3] == 0) {
        connected.complete(connection);
        return;
      }
      assertThat(connAck[3] & 0xFF).isEqualTo(SERVER_BUSY);
      assertThat(connection.nextPacket()).as("closed").isNull();
      connection.close();
      refused.incrementAndGet();
      come(number, retryAfterMillis(connAck), connected);
    } catch (Exception | AssertionError e) {
      connected.completeExceptionally(e);
    }
  }

  private static long retryAfterMillis(byte[] connAck) {
    String text = new String(connAck, StandardCharsets.ISO_8859_1);
    Matcher found = RETRY_AFTER.matcher(text);
    assertThat(found.find()).as(text).isTrue();
    return Long.parseLong(found.group(1));
  }

  /** MQTT 5, a session of an hour that goes on. */
  private static byte[] connect(String clientId) {
    byte[] head = {5, 0, 0, 0, 5, 0x11, 0, 0, 0x0e, 0x10};
    return Hex.packet(0x10, Hex.string("MQTT"), head, Hex.string(clientId));
  }
}
