package io.culvert.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a folder that is of another format, or of none. */
class FormatFileTest {
  @TempDir private Path folder;
  private final CollectingLog log = new CollectingLog();

  @Test
  void saysWhatItIsAndWhoMadeIt() throws Exception {
    fill();

    assertThat(Files.readString(folder.resolve("format")))
        .matches("culvert-store 1\nwritten by Culvert \\S+\ncreated \\S+Z\nchecksum [0-9a-f]{8}\n");
    assertThat(FormatFile.read(folder)).isEqualTo(new FormatFile.Known());
    assertThat(records()).isEqualTo("a=1");
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void aNewerFormatIsSetAsideAndNamed() throws Exception {
    fill();
    FormatFile.write(folder, "culvert-store 2\nwritten by Culvert 7.1\n");

    assertThat(records()).isEmpty();
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith("ERROR the store " + folder + " is of format 2, written by Culvert 7.1;")
        .contains("set aside in " + aside("set-aside-"), "start the version that wrote them");
    assertThat(aside("set-aside-").resolve("format"))
        .content()
        .startsWith("culvert-store 2\nwritten by Culvert 7.1\n");
    assertThat(aside("set-aside-").resolve("db")).isDirectoryContaining("glob:**/CURRENT");
    assertThat(FormatFile.read(folder)).isEqualTo(new FormatFile.Known());
  }

  @Test
  void whatWasSetAsideCanBePutBack() throws Exception {
    fill();
    String format = Files.readString(folder.resolve("format"));
    FormatFile.write(folder, "culvert-store 2\nwritten by Culvert 7.1\n");
    assertThat(records()).isEmpty();

    Folders.delete(folder.resolve("db"));
    Files.move(aside("set-aside-").resolve("db"), folder.resolve("db"));
    Files.writeString(folder.resolve("format"), format);
    assertThat(records()).isEqualTo("a=1");
  }

  @Test
  void aFolderOfAnotherProgramKeepsItsOtherFiles() throws Exception {
    FormatFile.write(folder, "another-store 1\n");
    Files.writeString(folder.resolve("notes.txt"), "keep");

    assertThat(records()).isEmpty();
    assertThat(log.lines())
        .singleElement()
        .asString()
        .contains("is of another program: another-store 1;");
    assertThat(folder.resolve("notes.txt")).hasContent("keep");
  }

  @Test
  void aDamagedFormatCostsNoRecord() throws Exception {
    fill();
    String text = Files.readString(folder.resolve("format"));
    Files.writeString(folder.resolve("format"), text.replace("store 1", "store 3"));

    assertThat(records()).isEqualTo("a=1");
    assertThat(log.lines()).singleElement().asString().startsWith("ERROR ").contains("is damaged");
    assertThat(aside("damaged-").resolve("format")).content().startsWith("culvert-store 3\n");
  }

  @Test
  void aMissingFormatCostsNoRecord() throws Exception {
    fill();
    Files.delete(folder.resolve("format"));

    assertThat(records()).isEqualTo("a=1");
    assertThat(log.lines()).singleElement().asString().startsWith("ERROR ").contains("is missing");
  }

  private void fill() throws StoreException {
    try (Store store = RocksStore.open(folder, CrashedStore.OPTIONS, log);
        Owner owner = new Owner(store)) {
      owner.store(StoreContract.put("a", "1"));
    }
  }

  private String records() throws StoreException {
    try (Store store = RocksStore.open(folder, CrashedStore.OPTIONS, log);
        Owner owner = new Owner(store)) {
      return StoreContract.text(owner.scan(Bytes.EMPTY, 1000));
    }
  }

  private Path aside(String kind) throws IOException {
    try (Stream<Path> parts = Files.list(folder)) {
      List<Path> found =
          parts.filter(path -> path.getFileName().toString().startsWith(kind)).toList();
      assertThat(found).hasSize(1);
      return found.get(0);
    }
  }
}
