/**
 * Loaded into each Node process of the shop by --require. Node writes what it compiled to NODE_COMPILE_CACHE when it
 * exits, which the first time takes a second: too long for a stop. Here it is written a moment after the start.
 */
const { flushCompileCache } = require('node:module')

setTimeout(flushCompileCache, 4000).unref()
