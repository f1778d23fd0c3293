/** Tests of the protocol. */
@org.jspecify.annotations.NullMarked
package io.culvert.rpc.protocol;
