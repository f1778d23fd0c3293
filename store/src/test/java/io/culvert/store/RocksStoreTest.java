package io.culvert.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksStoreTest extends StoreContract {
  @TempDir private Path folder;
  private final CollectingLog log = new CollectingLog();

  @Override
  Store open() throws StoreException {
    return RocksStore.open(folder, StoreOptions.defaults(), log);
  }

  @Test
  void whatWasStoredIsThereAgain() throws StoreException {
    owner().store(put("a", "1"));
    owner().append(put("b", "2"));
    owner().ask(() -> "appended");
    store().close();

    try (Store again = open();
        Owner other = new Owner(again)) {
      assertThat(text(other.scan(Bytes.EMPTY, 100))).isEqualTo("a=1 b=2");
    }
  }

  @Test
  void namesTheProcessThatHasIt() {
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("process " + ProcessHandle.current().pid());
  }
}
