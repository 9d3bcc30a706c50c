String log = new File(basedir, 'build.log').text
def missing = [
    'METHOD_REMOVED',
    "Null.kt:6:17 Null cannot be a value of a non-null type 'String'",
].findAll { !log.contains(it) }
assert missing.empty
