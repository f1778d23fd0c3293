package io.culvert.runtime.driver;

/** Over the JDK's selector. */
class TcpNioTest extends TcpContract {
  TcpNioTest() {
    super(false);
  }
}
