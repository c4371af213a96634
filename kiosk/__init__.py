"""Everything that residents, officers and the box do at a site."""
