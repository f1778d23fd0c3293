package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import io.culvert.conformance.broker.BrokerUnderTest;
import io.culvert.engine.testkit.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Attacks of {@link HeapAttacks} from a process of its own, which has what the others leave of the
 * processors, as if it ran on another machine: it asks for all that it can get, but neither its
 * work nor the pauses of its virtual machine count as the broker's.
 */
final class AttackingProcess implements AutoCloseable {
  private final Process process;
  private final PrintWriter in;
  private final BufferedReader out;

  private AttackingProcess(Process process) {
    this.process = process;
    this.in = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), /* autoFlush= */ true);
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  static AttackingProcess against(BrokerUnderTest broker) throws IOException {
    List<String> command = new ArrayList<>(Precedence.last());
    command.addAll(
        JavaCommand.of(
            List.of("-Xmx512m"),
            Attacker.class.getName(),
            broker.mqtt().toString(),
            broker.webSocket().toString(),
            Boolean.toString(!command.isEmpty())));
    return new AttackingProcess(
        new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
  }

  /** Returns when the attack has begun. */
  void begin(String attack) {
    in.println(attack);
    assertThat(answer()).isEqualTo(Attacker.BEGUN);
  }

  /** Ends it; fails if the broker gave a wrong answer. */
  void end() {
    in.println();
    assertThat(answer()).isEqualTo(Attacker.ENDED);
  }

  /** Ends the process. */
  @Override
  public void close() {
    in.close();
    Await.result("the end of the attacking process", process.onExit());
  }

  private String answer() {
    return Await.result("the attacking process", CompletableFuture.supplyAsync(this::line));
  }

  private String line() {
    try {
      return String.valueOf(out.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
