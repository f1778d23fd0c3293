package io.culvert.benchmarks.peers;

import io.moquette.broker.Server;
import java.io.FileInputStream;
import java.io.InputStream;
import java.util.Properties;

/**
 * Moquette as a process of its own on loopback.
 *
 * <p>Arguments: a file with its settings, as Moquette names them. Prints {@code ready} when it
 * listens, and runs until it is killed.
 */
public final class MoquettePeer {
  private MoquettePeer() {}

  public static void main(String[] arguments) throws Exception {
    Properties settings = new Properties();
    try (InputStream in = new FileInputStream(arguments[0])) {
      settings.load(in);
    }
    new Server().startServer(settings);
    System.out.println("ready");
    Thread.currentThread().join();
  }
}
