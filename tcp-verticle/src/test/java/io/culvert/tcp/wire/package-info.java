/** Tests of the wire. */
@org.jspecify.annotations.NullMarked
package io.culvert.tcp.wire;
