package io.culvert.tcp;

/** Where a server is. */
public record Host(String name, int port) {
  @Override
  public String toString() {
    return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
  }
}
