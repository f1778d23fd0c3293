package io.culvert.store;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractTableFilter;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.SstFileReader;
import org.rocksdb.TableProperties;

/**
 * The records between two keys without those of one damaged table: the others have records there,
 * too. What the damaged table says of them is not known, so a record may come in an older version,
 * or though it was deleted.
 */
final class Detour implements AutoCloseable {
  /** RocksDB names the table in what it says of the damage. */
  private static final Pattern TABLE = Pattern.compile("(/[^ ]*\\.sst|[A-Z]:[^ ]*\\.sst)");

  private final Slice bound;
  private final Without without;
  private final ReadOptions options;
  private final RocksIterator records;

  private Detour(RocksDB rocks, ReadOptions like, TableProperties damaged, byte[] end) {
    this.bound = new Slice(end);
    this.without = new Without(damaged);
    this.options = new ReadOptions(like).setIterateUpperBound(bound).setTableFilter(without);
    this.records = rocks.newIterator(options);
  }

  /**
   * Stands at the first record behind {@code last}; null when the damage names no table.
   *
   * @param like the options of whoever meets the damage
   * @param damage what RocksDB says
   */
  static @Nullable Detour start(
      RocksDB rocks, ReadOptions like, RocksDBException damage, byte[] last, byte[] end) {
    TableProperties damaged = table(String.valueOf(damage.getMessage()));
    if (damaged == null) {
      return null;
    }
    Detour detour = new Detour(rocks, like, damaged, end);
    detour.records.seek(last);
    if (detour.records.isValid() && Arrays.equals(detour.records.key(), last)) {
      detour.records.next();
    }
    return detour;
  }

  /** The key where it stands, or null at its end or at another damage. */
  byte @Nullable [] key() {
    return records.isValid() ? records.key() : null;
  }

  byte[] value() {
    return records.value();
  }

  void next() {
    records.next();
  }

  @Override
  public void close() {
    records.close();
    options.close();
    without.close();
    bound.close();
  }

  private static @Nullable TableProperties table(String damage) {
    Matcher name = TABLE.matcher(damage);
    if (!name.find()) {
      return null;
    }
    try (Options options = new Options();
        SstFileReader reader = new SstFileReader(options)) {
      reader.open(name.group());
      return reader.getTableProperties();
    } catch (RocksDBException e) {
      return null;
    }
  }

  private static final class Without extends AbstractTableFilter {
    private final TableProperties damaged;

    Without(TableProperties damaged) {
      this.damaged = damaged;
    }

    @Override
    public boolean filter(TableProperties table) {
      return !table.equals(damaged);
    }
  }
}
