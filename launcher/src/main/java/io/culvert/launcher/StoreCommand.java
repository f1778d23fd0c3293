package io.culvert.launcher;

import io.culvert.broker.config.StoreSettings;
import io.culvert.store.RecordKinds;
import io.culvert.store.StoreCheck;
import io.culvert.store.StoreCompaction;
import io.culvert.store.StoreException;
import io.culvert.store.StoreExport;
import io.culvert.store.StoreImport;
import io.culvert.store.StoreLog;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code culvert store check|export|import|compact}: the records in the data folder. */
final class StoreCommand {
  private static final long MEBIBYTE = 1 << 20;

  private StoreCommand() {}

  static void addOptionsTo(CommandSpec command) {
    Flags.addDataTo(command);
  }

  static void addJsonTo(CommandSpec command) {
    command.addOption(
        OptionSpec.builder("--json")
            .arity("0")
            .type(boolean.class)
            .description("Print one JSON object.")
            .build());
  }

  static void addFileTo(CommandSpec command, String description) {
    Words.add(command, 0, "FILE", description);
  }

  /** Exit code 1 when anything is damaged. */
  static int check(ParseResult result, Environment environment, Console console, RecordKinds kinds)
      throws StartException {
    Path store = store(result, environment);
    StoreCheck.Result found = attempt(() -> StoreCheck.run(store, kinds));
    if (result.hasMatchedOption("--json")) {
      console.out().println(json(store, found).encodePrettily());
    } else {
      print(store, found, console);
    }
    return found.isGood() ? ExitCode.OK : ExitCode.FAILURE;
  }

  /** Exit code 1 when records could not be read and are not in the file. */
  static int export(ParseResult result, Environment environment, Console console)
      throws StartException {
    Path store = store(result, environment);
    Path file = file(result, environment);
    Telling log = new Telling(console);
    long records = attempt(() -> StoreExport.run(store, file, log));
    console.out().println("exported %d records to %s".formatted(records, file));
    return log.hasErrors() ? ExitCode.FAILURE : ExitCode.OK;
  }

  static int importFile(ParseResult result, Environment environment, Console console)
      throws StartException {
    Path store = store(result, environment);
    Path file = file(result, environment);
    long records = attempt(() -> StoreImport.run(store, file));
    console.out().println("imported %d records into %s".formatted(records, store));
    return ExitCode.OK;
  }

  static int compact(ParseResult result, Environment environment, Console console)
      throws StartException {
    Path store = store(result, environment);
    StoreCompaction.Result sizes = attempt(() -> StoreCompaction.run(store, new Telling(console)));
    console
        .out()
        .println(
            "%s: %s before, %s now"
                .formatted(store, mebibytes(sizes.bytesBefore()), mebibytes(sizes.bytesAfter())));
    return ExitCode.OK;
  }

  private static Path store(ParseResult result, Environment environment) {
    Path store = StoreSettings.from(environment.load(result)).folder();
    return environment.folder().resolve(store).toAbsolutePath().normalize();
  }

  private static Path file(ParseResult result, Environment environment) {
    return environment.folder().resolve(result.matchedPositionalValue(0, "")).toAbsolutePath();
  }

  private static void print(Path store, StoreCheck.Result found, Console console) {
    long records = 0;
    for (long count : found.records().values()) {
      records += count;
    }
    console
        .out()
        .println(
            "%s: %d records, %s in files of %s"
                .formatted(
                    store, records, mebibytes(found.recordBytes()), mebibytes(found.fileBytes())));
    if (found.records().size() > 1) {
      found
          .records()
          .forEach((kind, count) -> console.out().println("  %d %s".formatted(count, kind)));
    }
    for (String damage : found.damages()) {
      console.out().println("damaged: " + damage);
    }
    for (Path folder : found.setAside()) {
      console.out().println("set aside earlier: " + folder);
    }
    console.out().println(found.isGood() ? "good" : "damaged");
  }

  private static JsonObject json(Path store, StoreCheck.Result found) {
    JsonObject records = new JsonObject();
    found.records().forEach(records::put);
    JsonArray setAside = new JsonArray();
    found.setAside().forEach(folder -> setAside.add(folder.toString()));
    return new JsonObject()
        .put("store", store.toString())
        .put("good", found.isGood())
        .put("records", records)
        .put("recordBytes", found.recordBytes())
        .put("fileBytes", found.fileBytes())
        .put("damages", new JsonArray(found.damages()))
        .put("setAside", setAside);
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", (double) bytes / MEBIBYTE);
  }

  private static <T> T attempt(Attempt<T> attempt) throws StartException {
    try {
      return attempt.run();
    } catch (StoreException e) {
      throw StartException.failure(String.valueOf(e.getMessage()));
    }
  }

  private interface Attempt<T> {
    T run() throws StoreException;
  }

  /** What a store says goes to people. */
  private record Telling(Console console, AtomicBoolean errors) implements StoreLog {
    Telling(Console console) {
      this(console, new AtomicBoolean());
    }

    boolean hasErrors() {
      return errors.get();
    }

    @Override
    public void info(String text) {
      console.err().println(text);
    }

    @Override
    public void warn(String text) {
      console.err().println("warning: " + text);
    }

    @Override
    public void error(String text) {
      errors.set(true);
      console.err().println("error: " + text);
    }
  }
}
