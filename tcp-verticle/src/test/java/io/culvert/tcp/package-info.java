/** Tests of server, client and verticle. */
@org.jspecify.annotations.NullMarked
package io.culvert.tcp;
