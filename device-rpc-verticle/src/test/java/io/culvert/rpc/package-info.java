@NullMarked
package io.culvert.rpc;

import org.jspecify.annotations.NullMarked;
