package io.culvert.conformance.scene;

import io.culvert.conformance.broker.Await;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One process of {@code mosquitto_pub} or {@code mosquitto_sub}. A daemon thread reads what it
 * prints.
 *
 * <p>A subscriber also subscribes to a topic with a retained message, named last: when that
 * arrives, its subscriptions are in place.
 */
public final class MosquittoClient implements AutoCloseable {

  private static final String READY = "mosquitto-ready";

  private final Process process;
  private final BlockingQueue<String> output = new LinkedBlockingQueue<>();
  private final Thread reader;

  private MosquittoClient(Process process) {
    this.process = process;
    this.reader = new Thread(this::read, "mosquitto-out");
    reader.setDaemon(true);
    reader.start();
  }

  public static MosquittoClient pub(Scene scene, String... options) {
    return start(scene, "mosquitto_pub", List.of(options));
  }

  /**
   * A subscriber that ends by itself after {@code count} messages, or runs on when it is 0. Its
   * subscriptions may not be in place yet.
   */
  public static MosquittoClient sub(Scene scene, int count, String... options) {
    String ready = scene.topic(READY);
    try (MosquittoClient retained = pub(scene, "-q", "1", "-r", "-t", ready, "-m", READY)) {
      retained.awaitSuccess();
    }
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("-t", ready, "-F", "%j"));
    if (count > 0) {
      all.addAll(List.of("-C", Integer.toString(count + 1)));
    }
    return start(scene, "mosquitto_sub", all);
  }

  /** Writes lines to a publisher's standard input, then ends the input. */
  public MosquittoClient input(List<String> lines) {
    try (BufferedWriter writer = process.outputWriter(StandardCharsets.UTF_8)) {
      for (String line : lines) {
        writer.write(line);
        writer.write('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /**
   * Waits until a subscriber's subscriptions are in place; it must not have got anything before.
   */
  public MosquittoClient awaitSubscribed() {
    JsonObject first = next();
    if (!READY.equals(first.getString("payload"))) {
      throw new AssertionError("before all subscriptions were in place there came " + first);
    }
    return this;
  }

  /**
   * The next message that a subscriber has printed: {@code topic, payload, payloadlen, qos,
   * retain}.
   */
  public JsonObject nextMessage() {
    JsonObject message = next();
    return READY.equals(message.getString("payload")) ? next() : message;
  }

  /** The next {@code count} messages. */
  public List<JsonObject> nextMessages(int count) {
    List<JsonObject> messages = new ArrayList<>(count);
    while (messages.size() < count) {
      messages.add(nextMessage());
    }
    return messages;
  }

  /** Waits for the end of the program, which must be a good one. */
  public void awaitSuccess() {
    try {
      if (!process.waitFor(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("still running: " + process.info() + ", printed " + output);
      }
      reader.join(Await.LIMIT.toMillis());
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
    if (process.exitValue() != 0) {
      throw new AssertionError("exit code " + process.exitValue() + ", printed " + output);
    }
  }

  /** Ends the program without a chance to say anything. */
  public void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private JsonObject next() {
    try {
      @Nullable String line = output.poll(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null || !line.startsWith("{")) {
        throw new AssertionError("no message within " + Await.LIMIT + " but: " + line);
      }
      return new JsonObject(line);
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(line);
      }
    } catch (IOException e) {
      output.add("reading failed: " + e);
    }
  }

  private static MosquittoClient start(Scene scene, String program, List<String> options) {
    List<String> command = new ArrayList<>(List.of(program, "-h"));
    command.add(scene.broker().mqtt().getHost());
    command.add("-p");
    command.add(Integer.toString(scene.broker().mqtt().getPort()));
    command.addAll(options);
    try {
      return new MosquittoClient(new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
