package io.culvert.store;

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

  /** Of its life. */
  void info(String text);

  /** It works, but somebody should look. */
  void warn(String text);

  /** Something is lost or does not work. */
  void error(String text);
}
