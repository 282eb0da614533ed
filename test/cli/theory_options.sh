try cisup theory -D 3
try cisup theory -S 251
try cisup theory -z 0
try cisup theory -z 6 -T 5
try cisup theory -T 1,2
try cisup theory -T max
try cisup theory -T max --scheme ref -S 1
try cisup theory -T 558 --scheme ref
try cisup theory -L 1001
try cisup theory --margin 0
try cisup theory -b -1
try cisup theory --budget 0
try cisup theory --budget x
try cisup theory --deviations 0
try cisup theory --deviations nan
try cisup theory --scheme foo
try cisup theory --scheme sts
try cisup theory --reflect
try cisup theory --hop S-1
try cisup theory --even-out yes
try cisup theory --scheme best --reflect
try cisup theory --scheme ref --effort 1
try cisup theory --effort 1
try cisup theory file
