/** First names of the demo company's people. */
export const FIRST_NAMES = (
  'Aaron Abigail Adele Alasdair Alice Amara Amelia Andrew Anita Anton Archie Arjun Beatrice Ben Bronwen Carla Catherine ' +
  'Cedric Chloe Conor Daisy Daniel Deepa Diego Eleanor Elena Eliot Emma Esther Faisal Felix Fiona Frances Freddie ' +
  'George Georgia Grace Harriet Harvey Helen Henry Ines Isaac Isla Jacob Joanna Joel Julia Karim Kate Kwame Laura Leo ' +
  'Liam Lucy Magnus Maria Martha Max Mei Mohammed Naomi Niamh Noah Nora Oscar Owen Paul Petra Quentin Rachel Ravi ' +
  'Robin Rosa Ruth Samuel Sara Sean Simon Sofia Stella Theo Tessa Toby Uma Victor Wendy Xavier Yasmin Zachary Zoe'
).split(' ');

/** Last names of the demo company's people. */
export const LAST_NAMES = (
  'Adeyemi Aldridge Appleby Ashworth Bains Barlow Beckett Bhatt Birch Blackwood Bramley Brooks Burrows Calder Carver ' +
  'Chandra Clegg Cole Cooper Dalton Davies Deacon Denholm Dixon Doyle Drake Eccles Ellis Evans Farrow Fenwick Finch ' +
  'Fletcher Foster Garside Gill Goddard Grainger Grant Hale Hargreaves Harper Hayes Holt Hughes Hussain Iqbal Ingham ' +
  'Jarvis Jenkins Kaur Kendal Khan Kirby Lacey Lambert Langley Lister Lloyd Mackay Malik Marsh Mercer Mistry Moss ' +
  'Nash Newbold Norris Oakes Okafor Osborne Parkin Patel Pearce Penrose Pickering Quinn Radley Rawson Reid Ridley ' +
  'Rowan Sandhu Sharpe Shaw Singh Slater Stone Sutcliffe Tanner Thorne Tindall Turner Unwin Vale Varga Wade Walsh ' +
  'Weaver Webster Whittle Wilde Winter Woodhouse Wren Yates Young'
).split(' ');
