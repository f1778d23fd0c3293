package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.engine.JournalBatch;
import io.culvert.store.RocksStore;
import io.culvert.store.Store;
import io.culvert.store.StoreLog;
import io.culvert.store.StoreOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code culvert store}: what is printed, and the exit code. */
class StoreCommandTest {
  @TempDir Path folder;

  @Test
  void checkOfAGoodStore() throws Exception {
    fill(100).close();

    Session session = new Session(folder);
    assertThat(session.execute("store", "check")).isZero();
    assertThat(session.out())
        .matches(
            "\\Q%s\\E: 100 records, 0\\.0 MiB in files of \\d+\\.\\d MiB\ngood\n"
                .formatted(folder.resolve("culvert-data/store")));
    assertThat(session.err()).isEmpty();
  }

  @Test
  void checkOfADamagedStoreEndsWithOne() throws Exception {
    fill(10).close();
    Path format = folder.resolve("culvert-data/store/format");
    Files.writeString(format, "changed");

    Session session = new Session(folder);
    assertThat(session.execute("store", "check")).isEqualTo(ExitCode.FAILURE);
    assertThat(session.out().lines())
        .contains("damaged: " + format + " is missing or damaged", "damaged");

    Session json = new Session(folder);
    assertThat(json.execute("store", "check", "--json")).isEqualTo(ExitCode.FAILURE);
    JsonObject found = new JsonObject(json.out());
    assertThat(found.getBoolean("good")).isFalse();
    assertThat(found.getJsonObject("records")).isEqualTo(new JsonObject().put("sessions", 10));
    assertThat(found.getJsonArray("damages"))
        .isEqualTo(new JsonArray().add(format + " is missing or damaged"));
    assertThat(found.getJsonArray("setAside")).isEmpty();
  }

  @Test
  void exportedWhileItIsUsedAndImportedElsewhere() throws Exception {
    try (Store store = fill(100)) {
      assertThat(store.status().storedBatches()).isEqualTo(100);
      Session check = new Session(folder);
      assertThat(check.execute("store", "check")).isEqualTo(ExitCode.FAILURE);
      assertThat(check.err())
          .startsWith("culvert: the store " + folder.resolve("culvert-data/store") + " is in use")
          .contains("process " + ProcessHandle.current().pid());

      Session export = new Session(folder);
      assertThat(export.execute("store", "export", "backup.jsonl")).isZero();
      assertThat(export.out())
          .isEqualTo("exported 100 records to " + folder.resolve("backup.jsonl") + "\n");
    }
    Session imported = new Session(folder);
    assertThat(imported.execute("store", "import", "--data", "other", "backup.jsonl")).isZero();
    assertThat(imported.out())
        .isEqualTo("imported 100 records into " + folder.resolve("other/store") + "\n");
    Session again = new Session(folder);
    assertThat(again.execute("store", "import", "--data", "other", "backup.jsonl"))
        .isEqualTo(ExitCode.FAILURE);
    assertThat(again.err()).startsWith("culvert: there are records in ");

    Session compact = new Session(folder);
    assertThat(compact.execute("store", "compact", "--data", "other")).isZero();
    assertThat(compact.out())
        .matches("\\Q%s\\E: .* before, .* now\n".formatted(folder.resolve("other/store")));
    Session check = new Session(folder);
    assertThat(check.execute("store", "check", "--set", "store.folder=other")).isZero();
    assertThat(check.out()).contains(": 100 records, ");
  }

  @Test
  void aFileThatIsCutIsNotImported() throws Exception {
    fill(10).close();
    Session export = new Session(folder);
    assertThat(export.execute("store", "export", "backup.jsonl")).isZero();
    Path file = folder.resolve("backup.jsonl");
    Files.write(file, Files.readAllLines(file).subList(0, 8));

    Session imported = new Session(folder);
    assertThat(imported.execute("store", "import", "--data", "other", "backup.jsonl"))
        .isEqualTo(ExitCode.FAILURE);
    assertThat(imported.err())
        .isEqualTo(
            """
            culvert: %s cannot be imported: line 9 is missing: the file is cut.
              Nothing was changed.
            """
                .formatted(file));
  }

  @Test
  void withoutAStoreThereIsNothingToDo() throws Exception {
    for (String command : new String[] {"check", "compact", "export backup.jsonl"}) {
      Session session = new Session(folder);
      assertThat(session.execute(("store " + command).split(" "))).isEqualTo(ExitCode.FAILURE);
      assertThat(session.err())
          .isEqualTo(
              "culvert: there is no store in %s\n".formatted(folder.resolve("culvert-data/store")));
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void helpShowsABackup() throws Exception {
    Session session = new Session(folder);
    assertThat(session.execute("store", "--help")).isZero();
    assertThat(session.out())
        .contains("check", "export", "import", "compact", "culvert store export backup.jsonl");
  }

  /** Records in the data folder that is used when none is named. */
  private Store fill(int records) throws Exception {
    Path data = Files.createDirectories(folder.resolve("culvert-data"));
    Store store = RocksStore.open(data.resolve("store"), StoreOptions.defaults(), StoreLog.SILENT);
    ExecutorService owner = Executors.newSingleThreadExecutor();
    Journal journal = store.journal(owner);
    CountDownLatch stored = new CountDownLatch(records);
    owner.execute(
        () -> {
          for (int i = 0; i < records; i++) {
            journal.append(
                new JournalBatch().put(session(i), Bytes.utf8("value")), stored::countDown);
          }
        });
    assertThat(stored.await(60, TimeUnit.SECONDS)).isTrue();
    owner.shutdown();
    return store;
  }

  /** The key of a session's own record. */
  private static Bytes session(int number) {
    return Bytes.wrap(ByteBuffer.allocate(10).putLong(1, number).array());
  }
}
