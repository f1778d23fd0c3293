package io.culvert.store;

import java.util.function.Consumer;

/** Where a store tells people what happens. Called from any thread; must not block for long. */
public interface StoreLog {
  /** Nobody wants to know. */
  StoreLog SILENT =
      new StoreLog() {
        @Override
        public void info(String text) {}

        @Override
        public void warn(String text) {}

        @Override
        public void error(String text) {}
      };

  /** One that hands each kind of text to somebody, such as to a logger. */
  static StoreLog to(Consumer<String> info, Consumer<String> warn, Consumer<String> error) {
    return new StoreLog() {
      @Override
      public void info(String text) {
        info.accept(text);
      }

      @Override
      public void warn(String text) {
        warn.accept(text);
      }

      @Override
      public void error(String text) {
        error.accept(text);
      }
    };
  }

  /** Of its life. */
  void info(String text);

  /** It works, but somebody should look. */
  void warn(String text);

  /** Something is lost or does not work. */
  void error(String text);
}
