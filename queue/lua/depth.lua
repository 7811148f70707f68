-- depth counts a tenant's tickets.
--
-- ARGV: channel, tenant
-- Result: how many are queued, those that are delayed among them; how many are claimed.

return { number(queued, ARGV[2]), number(running, ARGV[2]) }
