package io.culvert.store;

import io.culvert.engine.Bytes;
import io.culvert.engine.JournalBatch;
import java.nio.file.Path;

/**
 * A process that stores batches in a folder, prints {@code stored} and the number of each that is
 * stored, and then waits until it is killed.
 */
final class StoreProbe {
  private StoreProbe() {}

  public static void main(String[] arguments) throws Exception {
    CollectingLog log = new CollectingLog();
    Store store = RocksStore.open(Path.of(arguments[0]), CrashedStore.OPTIONS, log);
    Owner owner = new Owner(store);
    int batches = Integer.parseInt(arguments[1]);
    for (int i = 0; i < batches; i++) {
      owner.store(new JournalBatch().put(key(i), Bytes.wrap(new byte[500])));
      System.out.println("stored " + i);
    }
    log.lines().forEach(System.out::println);
    System.out.println("done");
    Thread.currentThread().join();
  }

  static Bytes key(int number) {
    return Bytes.utf8("%08d".formatted(number));
  }
}
