"""The words a brief is read from, English and Brazilian Portuguese, without accents.

Each table maps a meaning to its words; a word of several parts matches as a phrase. Plurals
in -s and -es need no entry of their own.
"""

from __future__ import annotations

SUBJECTS: dict[str, tuple[int, str]] = {
    # scene: (weight, words). A heavier word wins over a lighter one, then the earlier.
    "lighthouse": (30, "lighthouse, farol, farois, beacon"),
    "balloons": (30, "balloon, hot air balloon, balao, baloes, balao de ar quente"),
    "aurora": (30, "aurora, aurora borealis, northern light, luz do norte, aurora boreal"),
    "dunes": (30, "desert, deserto, dune, duna, sahara, saara, camel, camelo, oasis"),
    "lavender": (30, "lavender, lavanda, alfazema"),
    "poppies": (30, "poppy, poppies, papoula, tulip, tulipa, tulip field"),
    "sunflowers": (30, "sunflower, girassol, girassois"),
    "dahlia": (
        30,
        "dahlia, dalia, chrysanthemum, crisantemo, lotus, rose, rosa vermelha, peony, "
        "peonia, daisy, margarida, orchid, orquidea, lily, lirio, hibiscus, hibisco, camellia",
    ),
    "koi": (30, "koi, carp, carpa, goldfish, koi pond, fish pond, lily pad, ninfeia"),
    "jellyfish": (30, "jellyfish, agua viva, aguas vivas, medusa"),
    "reef": (
        30,
        "coral, coral reef, recife, fish, peixe, underwater, fundo do mar, submarine, "
        "subaquatico, aquarium, aquario, turtle, tartaruga, whale, baleia, shark, tubarao",
    ),
    "planet": (
        30,
        "planet, planeta, saturn, saturno, jupiter, mars, marte, astronaut, astronauta, "
        "spaceship, nave espacial, rocket, foguete",
    ),
    "galaxy": (
        30,
        "galaxy, galaxia, nebula, nebulosa, milky way, via lactea, cosmos, universe, "
        "universo, space, espaco, constellation, constelacao",
    ),
    "still_life": (
        30,
        "vase, vaso, still life, natureza morta, pottery, ceramic, ceramica, "
        "bottle, garrafa, pitcher, jug, jarro, bouquet, buque",
    ),
    "jar": (30, "jar, honey, mel, pote, jam, geleia, potion, pocao, candle, vela"),
    "fruit": (
        30,
        "fruit, fruta, orange fruit, lemon, limao, limoes, apple, maca, pear, pera, "
        "cherry, cerejas, cereja, peach, pessego, grape, uva, strawberry, morango, mango, manga, "
        "avocado, abacate, citrus",
    ),
    "coffee": (
        30,
        "coffee, cafe, cup, xicara, mug, caneca, tea, cha, cappuccino, espresso, latte, "
        "hot chocolate, chocolate quente, breakfast, cafe da manha",
    ),
    "donut": (30, "donut, doughnut, rosquinha, bagel"),
    "cake": (
        30,
        "cake, bolo, cupcake, dessert, sobremesa, pie, torta, ice cream, sorvete, "
        "pancake, panqueca, pudding, pudim, brigadeiro",
    ),
    "cat": (
        30,
        "cat, kitten, kitty, gato, gata, gatinho, gatinha, feline, felino, tiger, tigre, "
        "lion, leao, leopard",
    ),
    "dog": (
        30,
        "dog, puppy, cachorro, cachorra, cachorrinho, cao, caes, corgi, husky, labrador, "
        "bear, urso, panda, wolf, lobo, rabbit, coelho",
    ),
    "fox": (30, "fox, raposa, foxes"),
    "bird": (
        30,
        "bird, passaro, passarinho, ave, parrot, papagaio, toucan, tucano, hummingbird, "
        "beija flor, sparrow, robin, kingfisher, owl, coruja, flamingo, crane, heron, garca, "
        "macaw, arara, swallow, andorinha, penguin, pinguim",
    ),
    "butterfly": (30, "butterfly, butterflies, borboleta, moth, mariposa"),
    "portrait": (
        30,
        "portrait, retrato, woman, mulher, man, homem, girl, menina, garota, boy, "
        "menino, garoto, face, rosto, person, pessoa, people, queen, rainha, king, rei, dancer, "
        "bailarina, samurai, warrior, guerreiro, wizard, mago, princess, princesa",
    ),
    "arches": (
        30,
        "arch, arches, arco, arcos, colonnade, aqueduct, aqueduto, palace, palacio, "
        "temple, templo, architecture, arquitetura, stairs, escada, column, coluna, cathedral, "
        "catedral, monastery, ruins, ruinas, convent, convento, bridge, ponte",
    ),
    "city": (
        30,
        "city, cidade, skyline, skyscraper, arranha ceu, downtown, metropolis, metropole, "
        "cityscape, tokyo, toquio, new york, nova york, sao paulo, london, londres, cyberpunk, "
        "neon city, building, predio, edificio",
    ),
    "rain_window": (
        30,
        "rain on a window, rain on the window, rainy window, raindrops on glass, "
        "chuva na janela, janela com chuva, gotas na janela, gotas de chuva, window with rain, "
        "raindrop, rain window, rain on glass",
    ),
    "bokeh": (
        30,
        "bokeh, city lights, luzes da cidade, fairy lights, lantern, lanterna, "
        "fireworks, fogos de artificio, christmas, natal, new year",
    ),
    "village": (
        30,
        "house, casa, cottage, chale, cabin, cabana, village, vila, vilarejo, aldeia, "
        "barn, celeiro, farm, fazenda, hut, chapel, capela, church, igreja, windmill, moinho, "
        "castle, castelo, town, home, lar",
    ),
    "sailing": (
        30,
        "boat, barco, sailboat, veleiro, ship, navio, sailing, jangada, yacht, iate, canoe, canoa",
    ),
    "beach": (
        20,
        "beach, praia, shore, coast, costa, palm, palmeira, coqueiro, island, ilha, "
        "tropical, seaside, litoral, ocean sunset, por do sol no mar",
    ),
    "waves": (20, "wave, onda, surf, sea, mar, ocean, oceano, tide, mare, tsunami, hokusai"),
    "forest": (
        20,
        "forest, floresta, wood, woods, woodland, bosque, mata, jungle, selva, tree, "
        "arvore, pine, pinheiro, birch, rainforest, path, trilha, bamboo, bambu",
    ),
    "mountains": (
        20,
        "mountain, montanha, montanhas, peak, pico, ridge, serra, alps, alpes, hill, "
        "colina, morro, valley, vale, cliff, penhasco, volcano, vulcao, canyon, glacier, geleira, "
        "fjord, fiorde",
    ),
    "lake": (22, "lake, lago, lagoa, pond, river, rio, waterfall, cachoeira, reflection, reflexo"),
    "meadow": (
        20,
        "meadow, prado, field, campo, wheat, trigo, grass, grama, garden, jardim, "
        "wildflower, flores silvestres, countryside, pasture, pasto, prairie, savanna, savana",
    ),
    "flower": (20, "flower, flor, flores, blossom, bloom, petal, petala, floral"),
    "marble": (
        30,
        "marble, marmore, fluid, fluido, agate, agata, ink in water, acrylic pour, "
        "liquid, liquido, gemstone, malachite, malaquita",
    ),
    "contours": (
        30,
        "papercut, paper cut, topographic, topografico, topografia, contour, layers, "
        "camadas, papel recortado",
    ),
    "geometric": (
        30,
        "geometric, geometrico, geometria, bauhaus, shapes, formas, pattern, padrao, "
        "circle, circulo, triangle, triangulo, mosaic, mosaico, cubism, kandinsky, minimalist "
        "poster, art deco, logo",
    ),
    "spheres": (30, "sphere, esfera, ball, bola, bubble, bolha, orb, orbe, marbles, pearl, perola"),
    "abstract": (
        20,
        "abstract, abstrato, abstrata, abstraction, texture, textura, gradient, "
        "swirl, redemoinho, dream, sonho, music, musica, emotion, emocao",
    ),
    "winter": (10, "snowman, boneco de neve, snowy, snowscape, neve, snow, igloo, iglu, ski"),
    "sky": (
        10,
        "sky, ceu, cloud, nuvem, nuvens, moon, lua, star, estrela, starry, estrelado, "
        "sunset, sunrise, por do sol, nascer do sol, landscape, paisagem, horizon, horizonte, "
        "rainbow, arco iris",
    ),
}

ELEMENTS: dict[str, str] = {
    "birds": "bird, passaro, ave, gull, seagull, gaivota, flock, swallow, andorinha",
    "boat": "boat, barco, sailboat, veleiro, ship, navio, sailing, canoe, canoa, jangada",
    "balloons": "balloon, balao, baloes",
    "moon": "moon, lua, moonlight, luar, moonlit, crescent",
    "sun": "sun, sol, sunny, ensolarado",
    "stars": "star, estrela, starry, estrelado, milky way, via lactea",
    "clouds": "cloud, nuvem, nuvens",
    "trees": "tree, arvore, pine, pinheiro, forest, floresta",
    "house": "house, casa, cottage, chale, cabin, cabana, hut",
    "people": "people, person, pessoa, human, man, woman, homem, mulher, figure, figura, gente, "
    "humano, girl, boy, menina, menino, crowd, child, crianca",
    "rainbow": "rainbow, arco iris",
    "flowers": "flower, flor, flores, blossom, wildflower",
    "fish": "fish, peixe",
    "castle": "castle, castelo, church, igreja, chapel, capela",
    "windmill": "windmill, moinho",
    "steam": "steam, vapor, smoke, fumaca, hot, quente",
    "rings": "ring, anel, aneis, saturn, saturno",
    "hat": "hat, chapeu, crown, coroa",
    "glasses": "glasses, oculos, sunglasses",
    "candles": "candle, vela, birthday, aniversario",
}

TIMES: dict[str, str] = {
    "dawn": "dawn, sunrise, morning, amanhecer, alvorada, aurora do dia, manha, nascer do sol, "
    "daybreak, early light, first light",
    "golden": "sunset, golden hour, golden light, por do sol, hora dourada, entardecer, evening, "
    "late afternoon, fim de tarde, ocaso, sundown",
    "dusk": "dusk, twilight, crepusculo, blue hour, hora azul, anoitecer, nightfall, lusco fusco",
    "night": "night, noite, midnight, meia noite, moonlight, moonlit, luar, starry, estrelado, "
    "estrelada, nocturnal, noturno, noturna, nighttime, dark sky, stars",
    "day": "day, dia, daylight, noon, meio dia, midday, sunny, ensolarado, afternoon, tarde, "
    "blue sky, ceu azul, bright",
}

WEATHERS: dict[str, str] = {
    "storm": "storm, stormy, tempestade, thunder, lightning, trovao, relampago, raio, hurricane, "
    "tempestuoso, thunderstorm",
    "snow": "snow, snowing, snowy, snowfall, blizzard, neve, nevando, nevado, nevada, snowflake",
    "rain": "rain, rainy, raining, chuva, chuvoso, chovendo, drizzle, garoa",
    "fog": "fog, foggy, mist, misty, haze, hazy, nevoa, neblina, nevoeiro, nublado com nevoa, "
    "cerracao, bruma",
    "cloudy": "cloudy, overcast, nublado, nublada, clouds, nuvens, grey sky, ceu cinza",
    "clear": "clear, clear sky, cloudless, limpo, ceu limpo, sunny, ensolarado",
}

SEASONS: dict[str, str] = {
    "spring": "spring, primavera, cherry blossom, cerejeira, sakura, blooming, florido",
    "summer": "summer, verao, tropical",
    "autumn": "autumn, fall leaves, outono, autumnal, fall colors, fall colours, october, falling "
    "leaves, folhas secas, in fall",
    "winter": "winter, inverno, snow, snowy, neve, nevado, nevada, frozen, congelado, ice, gelo, "
    "icy, frost, christmas, natal, wintry",
}

MOODS: dict[str, str] = {
    "calm": "calm, serene, peaceful, quiet, tranquil, calmo, calma, sereno, serena, tranquilo, "
    "tranquila, gentle, soft, suave, zen, dreamy, relaxing",
    "dramatic": "dramatic, epic, intense, dramatico, epico, moody, powerful, cinematic, wild, "
    "intenso, cinematografico",
    "joyful": "happy, joyful, cheerful, playful, alegre, feliz, divertido, vibrant, vibrante, "
    "colorful, colourful, colorido, colorida, fun, vivid",
    "dark": "dark, gloomy, gothic, spooky, sombrio, sombria, escuro, escura, gotico, mysterious, "
    "misterioso, haunted, noir",
    "pastel": "pastel, pale, delicate, delicado, muted, faded, powdery, kawaii, cute, fofo, fofa",
    "muted": "muted, minimal, minimalist, minimalista, desaturated, vintage, retro, antigo, old",
}

COLOURS: dict[str, tuple[str, str]] = {
    # name: (sRGB, words)
    "red": ("#d62f2c", "red, crimson, scarlet, ruby, vermelho, vermelha, carmesim, escarlate"),
    "orange": ("#ee7a25", "orange, tangerine, laranja, alaranjado, amber, ambar"),
    "yellow": ("#f4c430", "yellow, amarelo, amarela, lemon yellow, mustard, mostarda"),
    "gold": ("#d9a436", "gold, golden, dourado, dourada, ouro, honey coloured"),
    "green": ("#3f9b52", "green, verde, emerald, esmeralda, lime, olive, oliva, mint, menta"),
    "teal": ("#138a8a", "teal, turquoise, turquesa, cyan, ciano, aqua, petroleo, verde agua"),
    "blue": (
        "#2f6fd0",
        "blue, azul, azuis, navy, cobalt, cobalto, indigo, sapphire, safira, azure",
    ),
    "purple": (
        "#7a4bc2",
        "purple, violet, roxo, roxa, violeta, lilac, lilas, magenta, lavender colour, plum",
    ),
    "pink": ("#f07fae", "pink, rosa, cor de rosa, rose coloured, fuchsia, fucsia, blush"),
    "coral": ("#f2765c", "coral coloured, salmon, salmao, peach coloured, terracotta, terracota"),
    "brown": ("#8a5a36", "brown, marrom, castanho, sepia, chocolate brown, bege, beige"),
    "white": ("#f4f1ea", "white, branco, branca, ivory, marfim, cream, creme"),
    "black": ("#16171c", "black, preto, preta, negro, negra, ebony"),
    "grey": (
        "#8b9097",
        "grey, gray, cinza, silver, prata, prateado, monochrome, black and white, preto e branco",
    ),
}

NUMBERS: dict[str, int] = {
    "one": 1,
    "single": 1,
    "um": 1,
    "uma": 1,
    "lone": 1,
    "two": 2,
    "pair": 2,
    "dois": 2,
    "duas": 2,
    "three": 3,
    "tres": 3,
    "four": 4,
    "quatro": 4,
    "five": 5,
    "cinco": 5,
    "six": 6,
    "seis": 6,
    "seven": 7,
    "sete": 7,
    "eight": 8,
    "oito": 8,
    "nine": 9,
    "nove": 9,
    "ten": 10,
    "dez": 10,
    "dozen": 12,
    "duzia": 12,
    "many": 9,
    "muitos": 9,
    "muitas": 9,
}

AIR_WORDS = ("sky", "skies", "ceu", "sea", "mar", "water", "agua", "light", "luz", "ocean",
             "oceano", "clouds", "nuvens", "fog", "mist", "background", "fundo")  # fmt: skip
"""Next to one of these a colour is meant for the air, not for a thing."""
HOUR_WORDS = ("hour", "hora", "light", "luz", "sunlight", "sunset", "sunrise")
EYE_WORDS = ("eyes", "eye", "olhos", "grass", "grama", "leaves", "folhas")
"""Next to one of these a colour is a detail, not the colour of the picture."""

REFUSALS = ("no", "without", "sem", "nao", "not", "non", "avoid", "nenhum", "nenhuma", "minus")
"""Words that forbid what follows them."""

WEARERS = frozenset({
    "lighthouse", "balloons", "lavender", "poppies", "sunflowers", "dahlia", "flower", "koi",
    "jellyfish", "still_life", "jar", "fruit", "coffee", "donut", "cake", "cat", "dog", "fox",
    "bird", "butterfly", "portrait", "village", "sailing", "planet", "reef",
})  # fmt: skip
"""Scenes whose subject wears a named colour, so that the air takes only a little of it."""

UNKNOWN_SCENES = (
    "marble",
    "contours",
    "bokeh",
    "dahlia",
    "spheres",
    "geometric",
    "waves",
    "mountains",
    "galaxy",
    "abstract",
)
"""Where a prompt without a known subject ends up: always composed, never noise."""
