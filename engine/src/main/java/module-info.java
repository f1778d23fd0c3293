/** The I/O-free kit of Culvert. */
module io.culvert.engine {
  requires static transitive org.jspecify;

  exports io.culvert.engine;
}
