package io.culvert.conformance.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.client.BrokerProcess;
import io.culvert.engine.testkit.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever has submitted persistent requests is killed again and again, and the device sometimes,
 * too: each request that was kept ends, and none is done twice.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class KilledSubmitterTest {
  /** {@code -Dculvert.kill.times=50} for the long run. */
  private static final int KILLS = Integer.getInteger("culvert.kill.times", 3);

  private static final int AT_A_TIME = 60;
  private static final long SEED = 20261128;
  private static final String TAG = "killed-device";

  @TempDir Path folder;

  private final Set<Integer> kept = new HashSet<>();
  private final Map<Integer, String> ended = new HashMap<>();

  @Test
  void whatIsKeptIsDoneOnceAtMostAndEnds() throws Exception {
    Random random = new Random(SEED);
    Path devicesFolder = Files.createDirectory(folder.resolve("device"));
    try (BrokerProcess broker =
            BrokerProcess.start(Files.createDirectory(folder.resolve("broker")));
        DeviceProcess device = new DeviceProcess(devicesFolder, broker.port(), TAG)) {
      device.start();
      for (int round = 0; round < KILLS; round++) {
        // Some are kept and others not, some are done and others under way.
        String until = (random.nextBoolean() ? "kept " : "ended ");
        int lines = 1 + random.nextInt(AT_A_TIME);
        run(broker.port(), round * AT_A_TIME, AT_A_TIME, until, lines);
        if (round % 2 == 1) {
          device.kill();
          device.start();
        }
      }
      run(broker.port(), 0, 0, "idle", 1);
      List<Integer> done = device.done();
      assertThat(kept.size()).isGreaterThan(KILLS);
      assertThat(done).doesNotHaveDuplicates();
      assertThat(ended.keySet()).containsAll(kept);
      Set<Integer> succeeded = new HashSet<>();
      ended.forEach(
          (number, state) -> {
            if (state.equals("SUCCEEDED")) {
              succeeded.add(number);
            } else {
              // A device that was killed while it worked does not know how far it had come.
              assertThat(state).isEqualTo("FAILED");
            }
          });
      assertThat(done).containsAll(succeeded);
      assertThat(succeeded.size()).isGreaterThanOrEqualTo(ended.size() - KILLS);
    }
  }

  /** Starts it, reads what it says, and kills it when so many lines of a kind have come. */
  private void run(int port, int first, int count, String until, int lines) throws Exception {
    Path log = folder.resolve("submitter.log");
    Process submitter =
        new ProcessBuilder(
                JavaCommand.of(
                    List.of("-Xmx256m"),
                    SubmitterProgram.class.getName(),
                    String.valueOf(port),
                    TAG,
                    folder.resolve("queue").toString(),
                    String.valueOf(first),
                    String.valueOf(count)))
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    BufferedReader said =
        new BufferedReader(
            new InputStreamReader(submitter.getInputStream(), StandardCharsets.UTF_8));
    int seen = 0;
    while (seen < lines) {
      String line = said.readLine();
      if (line == null) {
        throw new AssertionError("the submitter has ended: " + Files.readString(log));
      }
      take(line);
      seen += line.startsWith(until) ? 1 : 0;
    }
    submitter.toHandle().destroyForcibly(); // Process itself would close the pipe
    submitter.waitFor();
    readRest(said);
  }

  /** What it had said when it was killed counts. */
  private void readRest(BufferedReader said) throws IOException {
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      take(line);
    }
  }

  private void take(String line) {
    String[] words = line.split(" ", -1);
    if (line.startsWith("kept ") && words.length == 2) {
      kept.add(Integer.valueOf(words[1]));
    } else if (line.startsWith("ended ") && words.length == 3) {
      ended.put(Integer.valueOf(words[1]), words[2]);
    } else {
      assertThat(line).doesNotStartWith("refused").doesNotStartWith("failed");
    }
  }
}
