@NullMarked
package io.culvert.rpc.config;

import org.jspecify.annotations.NullMarked;
