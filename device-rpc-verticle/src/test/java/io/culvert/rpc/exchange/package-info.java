/** Tests of the exchange. */
@org.jspecify.annotations.NullMarked
package io.culvert.rpc.exchange;
