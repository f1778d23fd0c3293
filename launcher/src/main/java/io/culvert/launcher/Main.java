package io.culvert.launcher;

import io.culvert.broker.BrokerVerticle;
import java.util.Properties;

/** Entry point of the runnable jar. */
public final class Main {
  private static final String NETTY_EVENTS = "io.netty.jfr.enabled";

  private Main() {}

  /** Ends the process with one of {@link ExitCode}. */
  public static void main(String[] arguments) throws InterruptedException {
    prepareLibraries(System.getProperties());
    Console console = Console.ofProcess();
    Cli cli =
        new Cli(
            Environment.ofProcess(), console, BrokerVerticle::new, () -> Ending.ofProcess(console));
    System.exit(cli.execute(arguments));
  }

  /** Must happen before the classes that look at it are used. */
  static void prepareLibraries(Properties properties) {
    properties.setProperty(
        "vertx.logger-delegate-factory-class-name",
        "io.vertx.core.logging.SLF4JLogDelegateFactory");
    properties.setProperty("hazelcast.logging.type", "slf4j");
    // A console is a terminal, in newer JDKs too: otherwise it would write into a redirected
    // stdout.
    properties.setProperty("jdk.console", "java.base");
    // Names are looked up at the start only; the resolver of the JDK does, and needs no threads.
    properties.setProperty("vertx.disableDnsResolver", "true");
    // Netty's events for the JDK's flight recorder are made when the first peer does not read all
    // that it is sent, which took 100 ms of an event loop. Who wants them sets it to true.
    properties.putIfAbsent(NETTY_EVENTS, "false");
  }
}
