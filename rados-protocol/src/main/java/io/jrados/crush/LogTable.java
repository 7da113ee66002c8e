package io.jrados.crush;

/**
 * Fixed-point logarithms: the published values of src/crush/crush_ln_table.h. They are data, not a formula's result:
 * not all of them are the nearest number, and every client and OSD must use these to agree.
 */
final class LogTable {
    /** 2^48 / (1 + k / 128), about, for k of 0 to 128. */
    private static final long[] RECIPROCAL = {
        0x1000000000000L, 0xfe03f80fe040L, 0xfc0fc0fc0fc1L, 0xfa232cf25214L, 0xf83e0f83e0f9L, 0xf6603d980f67L,
        0xf4898d5f85bcL, 0xf2b9d6480f2cL, 0xf0f0f0f0f0f1L, 0xef2eb71fc435L, 0xed7303b5cc0fL, 0xebbdb2a5c162L,
        0xea0ea0ea0ea1L, 0xe865ac7b7604L, 0xe6c2b4481cd9L, 0xe525982af70dL, 0xe38e38e38e39L, 0xe1fc780e1fc8L,
        0xe070381c0e08L, 0xdee95c4ca038L, 0xdd67c8a60dd7L, 0xdbeb61eed19dL, 0xda740da740dbL, 0xd901b2036407L,
        0xd79435e50d7aL, 0xd62b80d62b81L, 0xd4c77b03531eL, 0xd3680d3680d4L, 0xd20d20d20d21L, 0xd0b69fcbd259L,
        0xcf6474a8819fL, 0xce168a772509L, 0xcccccccccccdL, 0xcb8727c065c4L, 0xca4587e6b750L, 0xc907da4e8712L,
        0xc7ce0c7ce0c8L, 0xc6980c6980c7L, 0xc565c87b5f9eL, 0xc4372f855d83L, 0xc30c30c30c31L, 0xc1e4bbd595f7L,
        0xc0c0c0c0c0c1L, 0xbfa02fe80bfbL, 0xbe82fa0be830L, 0xbd6910470767L, 0xbc52640bc527L, 0xbb3ee721a54eL,
        0xba2e8ba2e8bbL, 0xb92143fa36f6L, 0xb81702e05c0cL, 0xb70fbb5a19bfL, 0xb60b60b60b61L, 0xb509e68a9b95L,
        0xb40b40b40b41L, 0xb30f63528918L, 0xb21642c8590cL, 0xb11fd3b80b12L, 0xb02c0b02c0b1L, 0xaf3addc680b0L,
        0xae4c415c9883L, 0xad602b580ad7L, 0xac7691840ac8L, 0xab8f69e2835aL, 0xaaaaaaaaaaabL, 0xa9c84a47a080L,
        0xa8e83f5717c1L, 0xa80a80a80a81L, 0xa72f0539782aL, 0xa655c4392d7cL, 0xa57eb50295fbL, 0xa4a9cf1d9684L,
        0xa3d70a3d70a4L, 0xa3065e3fae7dL, 0xa237c32b16d0L, 0xa16b312ea8fdL, 0xa0a0a0a0a0a1L, 0x9fd809fd80a0L,
        0x9f1165e72549L, 0x9e4cad23dd60L, 0x9d89d89d89d9L, 0x9cc8e160c3fcL, 0x9c09c09c09c1L, 0x9b4c6f9ef03bL,
        0x9a90e7d95bc7L, 0x99d722dabde6L, 0x991f1a515886L, 0x9868c809868dL, 0x97b425ed097cL, 0x97012e025c05L,
        0x964fda6c0965L, 0x95a02568095bL, 0x94f2094f2095L, 0x944580944581L, 0x939a85c4093aL, 0x92f113840498L,
        0x924924924925L, 0x91a2b3c4d5e7L, 0x90fdbc090fdcL, 0x905a38633e07L, 0x8fb823ee08fcL, 0x8f1779d9fdc4L,
        0x8e78356d1409L, 0x8dda5202376aL, 0x8d3dcb08d3ddL, 0x8ca29c046515L, 0x8c08c08c08c1L, 0x8b70344a139cL,
        0x8ad8f2fba939L, 0x8a42f870566aL, 0x89ae4089ae41L, 0x891ac73ae982L, 0x888888888889L, 0x87f78087f781L,
        0x8767ab5f34e5L, 0x86d905447a35L, 0x864b8a7de6d2L, 0x85bf37612cefL, 0x853408534086L, 0x84a9f9c8084bL,
        0x842108421085L, 0x839930523fbfL, 0x83126e978d50L, 0x828cbfbeb9a1L, 0x820820820821L, 0x81848da8faf1L,
        0x810204081021L, 0x808080808081L, 0x800000000000L
    };

    /** 2^48 * log2(1 + k / 128), about, for k of 0 to 128. */
    private static final long[] HIGH = {
        0x000000000000L, 0x02dfca16dde1L, 0x05b9e5a170b4L, 0x088e68ea899aL, 0x0b5d69bac77eL, 0x0e26fd5c8555L,
        0x10eb389fa29fL, 0x13aa2fdd27f1L, 0x1663f6fac913L, 0x1918a16e4633L, 0x1bc84240adabL, 0x1e72ec117fa5L,
        0x2118b119b4f3L, 0x23b9a32eaa56L, 0x2655d3c4f15cL, 0x28ed53f307eeL, 0x2b803473f7adL, 0x2e0e85a9de04L,
        0x309857a05e07L, 0x331dba0efce1L, 0x359ebc5b69d9L, 0x381b6d9bb29bL, 0x3a93dc9864b2L, 0x3d0817ce9cd4L,
        0x3f782d7204d0L, 0x41e42b6ec0c0L, 0x444c1f6b4c2dL, 0x46b016ca47c1L, 0x49101eac381cL, 0x4b6c43f1366aL,
        0x4dc4933a9337L, 0x501918ec6c11L, 0x5269e12f346eL, 0x54b6f7f1325aL, 0x570068e7ef5aL, 0x59463f919deeL,
        0x5b8887367433L, 0x5dc74ae9fbecL, 0x6002958c5871L, 0x623a71cb82c8L, 0x646eea247c5cL, 0x66a008e4788cL,
        0x68cdd829fd81L, 0x6af861e5fc7dL, 0x6d1fafdce20aL, 0x6f43cba79e40L, 0x7164beb4a56dL, 0x73829248e961L,
        0x759d4f80cba8L, 0x77b4ff5108d9L, 0x79c9aa879d53L, 0x7bdb59cca388L, 0x7dea15a32c1bL, 0x7ff5e66a0ffeL,
        0x81fed45cbccbL, 0x8404e793fb81L, 0x86082806b1d5L, 0x88089d8a9e47L, 0x8a064fd50f2aL, 0x8c01467b94bbL,
        0x8df988f4ae80L, 0x8fef1e987409L, 0x91e20ea1393eL, 0x93d2602c2e5fL, 0x95c01a39fbd6L, 0x97ab43af59f9L,
        0x9993e355a4e5L, 0x9b79ffdb6c8bL, 0x9d5d9fd5010bL, 0x9f3ec9bcfb80L, 0xa11d83f4c355L, 0xa2f9d4c51039L,
        0xa4d3c25e68dcL, 0xa6ab52d99e76L, 0xa8808c384547L, 0xaa5374652a1cL, 0xac241134c4e9L, 0xadf26865a8a1L,
        0xafbe7fa0f04dL, 0xb1885c7aa982L, 0xb35004723c46L, 0xb5157cf2d078L, 0xb6d8cb53b0caL, 0xb899f4d8ab63L,
        0xba58feb2703aL, 0xbc15edfeed32L, 0xbdd0c7c9a817L, 0xbf89910c1678L, 0xc1404eadf383L, 0xc2f5058593d9L,
        0xc4a7ba58377cL, 0xc65871da59ddL, 0xc80730b00016L, 0xc9b3fb6d0559L, 0xcb5ed69565afL, 0xcd07c69d8702L,
        0xceaecfea8085L, 0xd053f6d26089L, 0xd1f73f9c70c0L, 0xd398ae817906L, 0xd53847ac00a6L, 0xd6d60f388e41L,
        0xd8720935e643L, 0xda0c39a54804L, 0xdba4a47aa996L, 0xdd3b4d9cf24bL, 0xded038e633f3L, 0xe0636a23e2eeL,
        0xe1f4e5170d02L, 0xe384ad748f0eL, 0xe512c6e54998L, 0xe69f35065448L, 0xe829fb693044L, 0xe9b31d93f98eL,
        0xeb3a9f019750L, 0xecc08321eb30L, 0xee44cd59ffabL, 0xefc781043579L, 0xf148a170700aL, 0xf2c831e44116L,
        0xf446359b1353L, 0xf5c2afc65447L, 0xf73da38d9d4aL, 0xf8b7140edbb1L, 0xfa2f045e7832L, 0xfba577877d7dL,
        0xfd1a708bbe11L, 0xfe8df263f957L, 0xffff00000000L
    };

    /** 2^48 * log2(1 + k / 2^15), about, for k of 0 to 255. */
    private static final long[] LOW = {
        0x000000000000L, 0x0002e2a60a00L, 0x00070cb64ec5L, 0x0009ef50ce67L, 0x000cd1e588fdL, 0x000fb4747e9cL,
        0x001296fdaf5eL, 0x001579811b58L, 0x00185bfec2a1L, 0x001b3e76a552L, 0x001e20e8c380L, 0x002103551d43L,
        0x0023e5bbb2b2L, 0x0026c81c83e4L, 0x0029aa7790f0L, 0x002c8cccd9edL, 0x002f6f1c5ef2L, 0x003251662017L,
        0x003533aa1d71L, 0x003815e8571aL, 0x003af820cd26L, 0x003dda537faeL, 0x0040bc806ec8L, 0x00439ea79a8cL,
        0x004680c90310L, 0x004962e4a86cL, 0x004c44fa8ab6L, 0x004f270aaa06L, 0x005209150672L, 0x0054eb19a013L,
        0x0057cd1876fdL, 0x005aaf118b4aL, 0x005d9104dd0fL, 0x006072f26c64L, 0x006354da3960L, 0x006636bc441aL,
        0x006918988ca8L, 0x006bfa6f1322L, 0x006edc3fd79fL, 0x0071be0ada35L, 0x00749fd01afdL, 0x0077818f9a0cL,
        0x007a6349577aL, 0x007d44fd535eL, 0x008026ab8dceL, 0x0083085406e3L, 0x0085e9f6beb2L, 0x0088cb93b552L,
        0x008bad2aeadcL, 0x008e8ebc5f65L, 0x009170481305L, 0x009451ce05d3L, 0x0097334e37e5L, 0x009a14c8a953L,
        0x009cf63d5a33L, 0x009fd7ac4a9dL, 0x00a2b07f3458L, 0x00a59a78ea6aL, 0x00a87bd699fbL, 0x00ab5d2e8970L,
        0x00ae3e80b8e3L, 0x00b11fcd2869L, 0x00b40113d818L, 0x00b6e254c80aL, 0x00b9c38ff853L, 0x00bca4c5690cL,
        0x00bf85f51a4aL, 0x00c2671f0c26L, 0x00c548433eb6L, 0x00c82961b211L, 0x00cb0a7a664dL, 0x00cdeb8d5b82L,
        0x00d0cc9a91c8L, 0x00d3ada20933L, 0x00d68ea3c1ddL, 0x00d96f9fbbdbL, 0x00dc5095f744L, 0x00df31867430L,
        0x00e2127132b5L, 0x00e4f35632eaL, 0x00e7d43574e6L, 0x00eab50ef8c1L, 0x00ed95e2be90L, 0x00f076b0c66cL,
        0x00f35779106aL, 0x00f6383b9ca2L, 0x00f918f86b2aL, 0x00fbf9af7c1aL, 0x00feda60cf88L, 0x0101bb0c658cL,
        0x01049bb23e3cL, 0x01077c5259afL, 0x010a5cecb7fcL, 0x010d3d81593aL, 0x01101e103d7fL, 0x0112fe9964e4L,
        0x0115df1ccf7eL, 0x0118bf9a7d64L, 0x011ba0126eadL, 0x011e8084a371L, 0x012160f11bc6L, 0x01244157d7c3L,
        0x012721b8d77fL, 0x012a02141b10L, 0x012ce269a28eL, 0x012fc2b96e0fL, 0x0132a3037daaL, 0x01358347d177L,
        0x01386386698cL, 0x013b43bf45ffL, 0x013e23f266e9L, 0x0141041fcc5eL, 0x0143e4477678L, 0x0146c469654bL,
        0x0149a48598f0L, 0x014c849c117cL, 0x014f64accf08L, 0x015244b7d1a9L, 0x015524bd1976L, 0x015804bca687L,
        0x015ae4b678f2L, 0x015dc4aa90ceL, 0x0160a498ee31L, 0x016384819134L, 0x0166646479ecL, 0x01694441a870L,
        0x016c24191cd7L, 0x016df6ca19bdL, 0x0171e3b6d7aaL, 0x0174c37d1e44L, 0x0177a33dab1cL, 0x017a82f87e49L,
        0x017d62ad97e2L, 0x0180425cf7feL, 0x0182b07f3458L, 0x018601aa8c19L, 0x0188e148c046L, 0x018bc0e13b52L,
        0x018ea073fd52L, 0x01918001065dL, 0x01945f88568bL, 0x01973f09edf2L, 0x019a1e85ccaaL, 0x019cfdfbf2c8L,
        0x019fdd6c6063L, 0x01a2bcd71593L, 0x01a59c3c126eL, 0x01a87b9b570bL, 0x01ab5af4e380L, 0x01ae3a48b7e5L,
        0x01b11996d450L, 0x01b3f8df38d9L, 0x01b6d821e595L, 0x01b9b75eda9bL, 0x01bc96961803L, 0x01bf75c79de3L,
        0x01c254f36c51L, 0x01c534198365L, 0x01c81339e336L, 0x01caf2548bd9L, 0x01cdd1697d67L, 0x01d0b078b7f5L,
        0x01d38f823b9aL, 0x01d66e86086dL, 0x01d94d841e86L, 0x01dc2c7c7df9L, 0x01df0b6f26dfL, 0x01e1ea5c194eL,
        0x01e4c943555dL, 0x01e7a824db23L, 0x01ea8700aab5L, 0x01ed65d6c42bL, 0x01f044a7279dL, 0x01f32371d51fL,
        0x01f60236cccaL, 0x01f8e0f60eb3L, 0x01fbbfaf9af3L, 0x01fe9e63719eL, 0x02017d1192ccL, 0x02045bb9fe94L,
        0x02073a5cb50dL, 0x0209c06e6212L, 0x020cf791026aL, 0x020fd622997cL, 0x0212b07f3458L, 0x02159334a8d8L,
        0x021871b52150L, 0x021b502fe517L, 0x021d6a73a78fL, 0x02210d144eeeL, 0x0223eb7df52cL, 0x0226c9e1e713L,
        0x0229a84024bbL, 0x022c23679b4eL, 0x022f64eb83a8L, 0x02324338a51bL, 0x0235218012a9L, 0x0237ffc1cc69L,
        0x023a2c3b0ea4L, 0x023d13ee805bL, 0x024035e9221fL, 0x0243788faf25L, 0x024656b4e735L, 0x0247ed646bfeL,
        0x024c12ee3d98L, 0x024ef1025c1aL, 0x0251cf10c799L, 0x025492644d65L, 0x02578b1c85eeL, 0x025a6919d8f0L,
        0x025d13ee805bL, 0x026025036716L, 0x026296453882L, 0x0265e0d62b53L, 0x0268beb701f3L, 0x026b9c92265eL,
        0x026d32f798a9L, 0x0271583758ebL, 0x02743601673bL, 0x027713c5c3b0L, 0x0279f1846e5fL, 0x027ccf3d6761L,
        0x027e6580aecbL, 0x02828a9e44b3L, 0x028568462932L, 0x0287bdbf5255L, 0x028b2384de4aL, 0x028d13ee805bL,
        0x029035e9221fL, 0x029296453882L, 0x029699bdfb61L, 0x029902a37aabL, 0x029c54b864c9L, 0x029deabd1083L,
        0x02a20f9c0bb5L, 0x02a4c7605d61L, 0x02a7bdbf5255L, 0x02a96056dafcL, 0x02ac3daf14efL, 0x02af1b019ecaL,
        0x02b296453882L, 0x02b5d022d80fL, 0x02b8fa471cb3L, 0x02ba9012e713L, 0x02bd6d4901ccL, 0x02c04a796cf6L,
        0x02c327a428a6L, 0x02c61a5e8f4cL, 0x02c8e1e891f6L, 0x02cbbf023fc2L, 0x02ce9c163e6eL, 0x02d179248e13L,
        0x02d4562d2ec6L, 0x02d73330209dL, 0x02da102d63b0L, 0x02dced24f814L
    };

    private LogTable() {}

    /** About 2^44 * log2(input + 1), for an input of 16 bits: crush_ln of src/crush/mapper.c. */
    static long log(int input) {
        int x = input + 1;
        int exponent = 15;
        if ((x & 0x18000) == 0) {
            int bits = Integer.numberOfLeadingZeros(x) - 16;
            x <<= bits;
            exponent -= bits;
        }
        int high = (x >> 8) - 128;
        int low = (int) ((x * RECIPROCAL[high]) >>> 48) & 0xff;
        return ((long) exponent << 44) + ((HIGH[high] + LOW[low]) >>> 4);
    }
}
