package io.culvert.benchmarks.peers;

import com.hivemq.configuration.service.InternalConfigurations;
import com.hivemq.embedded.EmbeddedHiveMQ;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * HiveMQ CE as a process of its own on loopback: anonymous, in memory, and with limits that no
 * scenario reaches.
 *
 * <p>Arguments: an empty folder that holds {@code conf/config.xml}. Prints {@code ready} when it
 * listens, and runs until it is killed.
 */
public final class HiveMqPeer {
  private HiveMqPeer() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    InternalConfigurations.AUTH_DENY_UNAUTHENTICATED_CONNECTIONS.set(false);
    // What config.xml cannot say, and what would drop or hold back messages here.
    InternalConfigurations.QOS_0_MEMORY_LIMIT_PER_CLIENT_BYTES.set(64 << 20);
    InternalConfigurations.NOT_WRITABLE_QUEUE_SIZE.set(1_000_000);
    InternalConfigurations.RETAINED_MESSAGE_QUEUE_SIZE.set(10_000_000);
    EmbeddedHiveMQ broker =
        EmbeddedHiveMQ.builder()
            .withConfigurationFolder(folder.resolve("conf"))
            .withDataFolder(Files.createDirectories(folder.resolve("data")))
            .withExtensionsFolder(Files.createDirectories(folder.resolve("extensions")))
            .withoutLoggingBootstrap()
            .build();
    broker.start().join();
    System.out.println("ready");
    Thread.currentThread().join();
  }
}
