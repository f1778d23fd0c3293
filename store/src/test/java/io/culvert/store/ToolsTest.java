package io.culvert.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal.Entry;
import io.culvert.engine.JournalBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Check, export, import and compaction. */
class ToolsTest {
  private static final RecordKinds BY_FIRST_LETTER = key -> key.slice(0, 1).toUtf8();

  @TempDir(factory = MemoryFolder.class)
  private Path temp;

  private final CollectingLog log = new CollectingLog();

  @Test
  void checkCountsRecordsByTheirKinds() throws Exception {
    Path folder = temp.resolve("store");
    fill(folder, 1000);

    StoreCheck.Result result = StoreCheck.run(folder, BY_FIRST_LETTER);
    assertThat(result.records()).containsOnlyKeys("a", "b", "c").containsEntry("a", 334L);
    assertThat(result.recordBytes()).isGreaterThan(100_000);
    assertThat(result.fileBytes()).isPositive();
    assertThat(result.damages()).isEmpty();
    assertThat(result.setAside()).isEmpty();
    assertThat(result.isGood()).isTrue();
    assertThat(StoreCheck.run(folder, RecordKinds.UNKNOWN).records())
        .containsExactly(Map.entry("record", 1000L));
  }

  @Test
  void checkFindsWhatOpeningWouldFindAndChangesNothing() throws Exception {
    CrashedStore crashed = CrashedStore.make(temp.resolve("crashed"));
    assertThat(StoreCheck.run(crashed.copyTo(temp.resolve("good")), RecordKinds.UNKNOWN).damages())
        .isEmpty();
    int copies = 0;
    for (String name : crashed.files()) {
      for (String how : List.of("delete", "cut", "flip")) {
        Path folder = crashed.copyTo(temp.resolve("copy-" + ++copies));
        Path file = folder.resolve(name);
        boolean isSafe = !damage(file, how);
        List<String> before = contents(folder);
        StoreCheck.Result result = StoreCheck.run(folder, RecordKinds.UNKNOWN);
        assertThat(contents(folder)).isEqualTo(before);

        CollectingLog opening = new CollectingLog();
        try (Store store = RocksStore.open(folder, CrashedStore.OPTIONS, opening);
            Owner owner = new Owner(store)) {
          owner.scan(Bytes.EMPTY, 64 << 10);
          assertThat(result.isGood())
              .describedAs("%s %s: %s, %s", how, name, result.damages(), opening.lines())
              .isEqualTo(isSafe || store.status().damages() == 0);
        }
      }
    }
  }

  @Test
  void checkNamesWhatWasSetAside() throws Exception {
    Path folder = temp.resolve("store");
    fill(folder, 10);
    Files.writeString(folder.resolve("format"), "changed");
    assertThat(StoreCheck.run(folder, RecordKinds.UNKNOWN).damages())
        .containsExactly(folder.resolve("format") + " is missing or damaged");
    RocksStore.open(folder, CrashedStore.OPTIONS, log).close();

    StoreCheck.Result result = StoreCheck.run(folder, RecordKinds.UNKNOWN);
    assertThat(result.isGood()).isTrue();
    assertThat(result.setAside()).hasSize(1);
    assertThat(result.setAside().get(0).getFileName().toString()).startsWith("damaged-");
  }

  @Test
  void nobodyLooksIntoAStoreThatIsInUse() throws Exception {
    Path folder = temp.resolve("store");
    String holder = "is in use by process " + ProcessHandle.current().pid();
    try (Store store = RocksStore.open(folder, CrashedStore.OPTIONS, log)) {
      assertThat(store.status().problem()).isEmpty();
      assertThatThrownBy(() -> StoreCheck.run(folder, RecordKinds.UNKNOWN))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(holder);
      assertThatThrownBy(() -> StoreCompaction.run(folder, log)).hasMessageContaining(holder);
      assertThatThrownBy(() -> StoreImport.run(folder, temp.resolve("file")))
          .hasMessageContaining(holder);
    }
  }

  @Test
  void whereThereIsNoStoreNoneIsMade() {
    Path folder = temp.resolve("nothing");
    assertThatThrownBy(() -> StoreCheck.run(folder, RecordKinds.UNKNOWN))
        .hasMessage("there is no store in " + folder);
    assertThatThrownBy(() -> StoreExport.run(folder, temp.resolve("file"), log))
        .hasMessage("there is no store in " + folder);
    assertThatThrownBy(() -> StoreCompaction.run(folder, log))
        .hasMessage("there is no store in " + folder);
    assertThat(folder).doesNotExist();
  }

  @Test
  void whatIsExportedComesBack() throws Exception {
    Path folder = temp.resolve("store");
    Path file = temp.resolve("backup.jsonl");
    fill(folder, 1000);
    assertThat(StoreExport.run(folder, file, log)).isEqualTo(1000);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(1002);
    assertThat(lines.get(0)).isEqualTo("{\"format\":\"culvert-store-export\",\"version\":1}");
    assertThat(lines.get(1)).matches("\\{\"key\":\"[^\"]+\",\"value\":\"[^\"]+\"}");
    assertThat(lines.get(1001))
        .matches(
            "\\{\"end\":\"culvert-store-export\",\"records\":1000,\"crc32c\":\"[0-9a-f]{8}\"}");

    Path imported = temp.resolve("imported");
    assertThat(StoreImport.run(imported, file)).isEqualTo(1000);
    assertThat(records(imported)).isEqualTo(records(folder)).hasSize(1000);
    assertThat(StoreCheck.run(imported, RecordKinds.UNKNOWN).isGood()).isTrue();
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void aStoreIsExportedWhileItIsUsed() throws Exception {
    Path folder = temp.resolve("store");
    try (Store store = RocksStore.open(folder, CrashedStore.OPTIONS, log);
        Owner owner = new Owner(store)) {
      for (int round = 0; round < 10; round++) {
        append(owner, round * 500, 500);
        Path file = temp.resolve("backup-" + round);
        int more = 2000 + round * 50;
        append(owner, 10_000 + round * more, more); // it goes on meanwhile
        long records = StoreExport.run(folder, file, log);
        assertThat(records).isGreaterThanOrEqualTo(500L * (round + 1));
        Path imported = temp.resolve("imported-" + round);
        assertThat(StoreImport.run(imported, file)).isEqualTo(records);
        assertThat(records(imported)).hasSize((int) records);
      }
    }
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void anExportOverwritesNothing() throws Exception {
    Path folder = temp.resolve("store");
    fill(folder, 10);
    Path file = Files.writeString(temp.resolve("precious"), "keep");
    assertThatThrownBy(() -> StoreExport.run(folder, file, log))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith(file + " is there already");
    assertThat(file).hasContent("keep");
  }

  @Test
  void anExportBlamesNotTheStoreForItsFile() throws Exception {
    Path folder = temp.resolve("store");
    fill(folder, 10);
    Path missing = temp.resolve("missing");
    assertThatThrownBy(() -> StoreExport.run(folder, missing.resolve("file"), log))
        .isInstanceOf(StoreException.class)
        .hasMessage(missing.resolve("file") + " cannot be written: there is no folder " + missing);
  }

  @Test
  void anExportSaysWhatItHasLeftOut() throws Exception {
    CrashedStore crashed = CrashedStore.make(temp.resolve("crashed"));
    Path folder = crashed.copyTo(temp.resolve("copy"));
    DamageTest.flip(CrashedStore.oldestTable(folder), 1000, 1);

    long records = StoreExport.run(folder, temp.resolve("file"), log);
    assertThat(records).isBetween(crashed.records().size() - 200L, crashed.records().size() - 1L);
    assertThat(log.lines())
        .hasSize(1)
        .first()
        .asString()
        .startsWith("ERROR records cannot be read");
  }

  @Test
  void nothingIsImportedIntoAStoreWithRecords() throws Exception {
    Path folder = temp.resolve("store");
    Path file = temp.resolve("file");
    fill(folder, 10);
    StoreExport.run(folder, file, log);

    assertThatThrownBy(() -> StoreImport.run(folder, file))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("there are records in " + folder + " already");
    assertThat(records(folder)).hasSize(10);
  }

  @Test
  void aStoreWithoutRecordsIsReplaced() throws Exception {
    Path folder = temp.resolve("store");
    Path file = temp.resolve("file");
    fill(folder, 10);
    StoreExport.run(folder, file, log);
    Path empty = temp.resolve("empty");
    RocksStore.open(empty, CrashedStore.OPTIONS, log).close();

    assertThat(StoreImport.run(empty, file)).isEqualTo(10);
    assertThat(records(empty)).hasSize(10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cut",
        "cut within a line",
        "empty",
        "of another kind",
        "newer",
        "record missing",
        "record changed",
        "record doubled",
        "no base64",
        "something behind"
      })
  void aFileThatIsNotWholeLeavesNoStore(String how) throws Exception {
    Path folder = temp.resolve("store");
    Path file = temp.resolve("file");
    fill(folder, 10);
    StoreExport.run(folder, file, log);
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    switch (how) {
      case "cut" -> lines.remove(11);
      case "cut within a line" -> lines.set(11, lines.get(11).substring(0, 20));
      case "empty" -> lines.clear();
      case "of another kind" -> lines.set(0, "{\"format\":\"other\"}");
      case "newer" -> lines.set(0, lines.get(0).replace("\"version\":1", "\"version\":2"));
      case "record missing" -> lines.remove(5);
      case "record changed" ->
          lines.set(5, lines.get(6).replace(lines.get(6).substring(8, 12), "AAAA"));
      case "record doubled" -> lines.add(5, lines.get(5));
      case "no base64" -> lines.set(5, "{\"key\":\"A\",\"value\":\"A\"}");
      case "something behind" -> lines.add("{}");
      default -> throw new AssertionError(how);
    }
    Files.write(file, lines);
    Path imported = temp.resolve("imported");

    assertThatThrownBy(() -> StoreImport.run(imported, file))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith(file + " cannot be imported: line ")
        .hasMessageEndingWith("Nothing was changed.");
    assertThat(imported.resolve("db")).doesNotExist();
    assertThat(imported.resolve("db.new")).doesNotExist();
  }

  @Test
  void aManifestThatIsCutAfterAnOrderlyEndIsFound() throws Exception {
    Path folder = temp.resolve("store");
    try (Store store = RocksStore.open(folder, StoreOptions.defaults(), log);
        Owner owner = new Owner(store)) {
      append(owner, 0, 100);
    }
    assertThat(StoreCheck.run(folder, RecordKinds.UNKNOWN).isGood()).isTrue();
    Path manifest = DatabaseFiles.list(folder.resolve("db")).currentManifest();
    byte[] whole = Files.readAllBytes(manifest);
    for (int length = whole.length - 1; length > whole.length / 2; length -= 7) {
      Files.write(manifest, Arrays.copyOf(whole, length)); // sometimes between two edits
      assertThat(StoreCheck.run(folder, RecordKinds.UNKNOWN).damages())
          .as(length + "")
          .isNotEmpty();
    }
  }

  @Test
  void compactionGivesRoomBackAndKeepsEverythingElse() throws Exception {
    Path folder = temp.resolve("store");
    // With this much memory RocksDB sorts nothing by itself here.
    StoreOptions options = StoreOptions.defaults();
    try (Store store = RocksStore.open(folder, options, log);
        Owner owner = new Owner(store)) {
      append(owner, 0, 10_000);
    }
    List<Entry> expected;
    try (Store store = RocksStore.open(folder, options, log);
        Owner owner = new Owner(store)) {
      owner.store(new JournalBatch().deleteAll(Bytes.utf8("a")).deleteAll(Bytes.utf8("b")));
      expected = owner.scan(Bytes.EMPTY, 64 << 10);
    }

    StoreCompaction.Result result = StoreCompaction.run(folder, log);
    assertThat(result.bytesAfter()).isLessThan(result.bytesBefore() / 2);
    assertThat(records(folder)).isEqualTo(expected).isNotEmpty();
  }

  @Test
  void compactionGoesAroundDamage() throws Exception {
    CrashedStore crashed = CrashedStore.make(temp.resolve("crashed"));
    Path folder = crashed.copyTo(temp.resolve("copy"));
    for (Path table : DatabaseFiles.list(folder.resolve("db")).tables()) {
      DamageTest.flip(table, 1000, 1);
    }
    StoreCompaction.run(folder, log);

    assertThat(StoreCheck.run(folder, RecordKinds.UNKNOWN).isGood()).isTrue();
    assertThat(crashed.missing(records(folder), "compacted")).isPositive();
  }

  private void fill(Path folder, int records) throws StoreException {
    try (Store store = RocksStore.open(folder, CrashedStore.OPTIONS, log);
        Owner owner = new Owner(store)) {
      append(owner, 0, records);
      owner.barrier();
    }
  }

  private static void append(Owner owner, int first, int count) {
    Random random = new Random(first);
    for (int i = first; i < first + count; i++) {
      byte[] value = new byte[100];
      random.nextBytes(value);
      Bytes key = Bytes.utf8("%c/%06d".formatted("abc".charAt(i % 3), i));
      owner.append(new JournalBatch().put(key, Bytes.wrap(value)));
    }
    if (first < 10_000) {
      owner.barrier();
    }
  }

  private List<Entry> records(Path folder) throws StoreException {
    try (Store store = RocksStore.open(folder, CrashedStore.OPTIONS, log);
        Owner owner = new Owner(store)) {
      return owner.scan(Bytes.EMPTY, 64 << 10);
    }
  }

  /** Whether it is now another file than before. */
  private static boolean damage(Path file, String how) throws IOException {
    if (how.equals("delete")) {
      Files.delete(file);
      return true;
    }
    byte[] content = Files.readAllBytes(file);
    if (content.length == 0) {
      return false;
    }
    if (how.equals("cut")) {
      Files.write(file, Arrays.copyOf(content, content.length / 2));
    } else {
      content[content.length / 3] ^= 1;
      Files.write(file, content);
    }
    return true;
  }

  /** Without the file by which it is held. */
  private static List<String> contents(Path folder) throws IOException {
    List<String> contents = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        if (!file.equals(folder.resolve("lock"))) {
          contents.add(file + " " + Arrays.hashCode(Files.readAllBytes(file)));
        }
      }
    }
    return contents;
  }
}
